#include "modules/chainlink/job_spec.h"

#include <fmt/format.h>

#include <algorithm>

#include <toml++/toml.h>

#include "engine/base/hash.h"

namespace runbook::chainlink {

namespace {

constexpr std::size_t kUuidSize = 36;
constexpr const char* kIdKey = "externalJobID";

/// A UUID of version 5's form, of whatever makes this job the one that is meant.
std::string derived_id(Call& call) {
  Digest digest = sha256(fmt::format("runbook job\n{}\n{}\n{}", call.host().run_id,
                                     call.text("url"), call.text("toml")));
  digest[6] = static_cast<std::uint8_t>((digest[6] & 0x0f) | 0x50);
  digest[8] = static_cast<std::uint8_t>((digest[8] & 0x3f) | 0x80);
  const std::string hex = to_hex(digest);
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20, 12));
}

toml::table parse_toml(const std::string& text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    refuse(Code::chainlink_refused, fmt::format("the job spec is no TOML: line {}: {}",
                                                error.source().begin.line, error.description()));
  }
}

/// `line` after line number `after` of the text; 0: at its beginning.
std::string with_line(const std::string& text, std::size_t after, const std::string& line) {
  std::size_t at = 0;
  for (std::size_t number = 0; number < after && at != std::string::npos; ++number) {
    at = text.find('\n', at);
    at = at == std::string::npos ? at : at + 1;
  }
  return at == std::string::npos ? text + "\n" + line
                                 : text.substr(0, at) + line + "\n" + text.substr(at);
}

std::string given_id(const Call& call, const std::string& in_toml) {
  std::string id = call.text_or("external_id", in_toml);
  if (!in_toml.empty() && id != in_toml) {
    refuse(Code::option_invalid,
           fmt::format("the job spec has {} {}, and option \"external_id\" is {}", kIdKey, in_toml,
                       id));
  }
  if (!id.empty() && !is_job_uuid(id)) {
    refuse(Code::option_invalid, fmt::format("{} \"{}\" is no UUID in lower case", kIdKey, id));
  }
  return id;
}

}  // namespace

bool is_job_uuid(const std::string& text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_dash = at == 8 || at == 13 || at == 18 || at == 23;
    const bool is_right =
        is_dash ? text[at] == '-'
                : (text[at] >= '0' && text[at] <= '9') || (text[at] >= 'a' && text[at] <= 'f');
    if (!is_right) {
      return false;
    }
  }
  return text.size() == kUuidSize;
}

JobSpec read_job_spec(Call& call) {
  JobSpec spec{.toml = call.text("toml"), .name = {}, .external_id = {}};
  const toml::table table = parse_toml(spec.toml);
  const std::string in_toml = table[kIdKey].value_or(std::string());
  spec.name = table["name"].value_or(std::string());
  spec.external_id = given_id(call, in_toml);
  if (spec.external_id.empty()) {
    spec.external_id = derived_id(call);
  }
  if (in_toml.empty()) {
    const toml::node* name = table.get("name");
    const std::size_t after = name == nullptr ? 0 : name->source().end.line;
    spec.toml = with_line(spec.toml, after, fmt::format("{} = \"{}\"", kIdKey, spec.external_id));
  }
  return spec;
}

}  // namespace runbook::chainlink
