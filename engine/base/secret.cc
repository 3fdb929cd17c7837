#include "engine/base/secret.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/pattern_set.h"
#include "engine/base/references.h"

namespace runbook {

namespace {

constexpr std::string_view kPrefix = "rbsecret-";
constexpr std::size_t kDigits = 16;
constexpr std::size_t kPlaceholderSize = kPrefix.size() + kDigits;
constexpr const char* kReference = "$secret";

/// The first text at or after `from` that has the shape of a placeholder, or npos.
std::size_t find_placeholder(std::string_view text, std::size_t from) {
  for (auto at = text.find(kPrefix, from); at != std::string_view::npos;
       at = text.find(kPrefix, at + 1)) {
    const std::string_view digits = text.substr(at + kPrefix.size(), kDigits);
    if (digits.size() == kDigits &&
        digits.find_first_not_of("0123456789abcdef") == std::string_view::npos) {
      return at;
    }
  }
  return std::string_view::npos;
}

/// The same value with each string, keys included, passed through `change`.
Json change_strings(const Json& value, const std::function<std::string(std::string_view)>& change) {
  if (value.is_string()) {
    return change(value.get_ref<const std::string&>());
  }
  if (value.is_array()) {
    Json result = Json::array();
    for (const Json& item : value) {
      result.push_back(change_strings(item, change));
    }
    return result;
  }
  if (value.is_object()) {
    Json result = Json::object();
    for (const auto& [key, item] : value.items()) {
      result[change(key)] = change_strings(item, change);
    }
    return result;
  }
  return value;
}

}  // namespace

std::string redact_around_references(const Redactor& redactor, std::string_view text) {
  std::string result;
  std::size_t begin = 0;
  for (auto at = find_placeholder(text, 0); at != std::string_view::npos;
       at = find_placeholder(text, begin)) {
    result += redactor.redact(text.substr(begin, at - begin));
    result += text.substr(at, kPlaceholderSize);
    begin = at + kPlaceholderSize;
  }
  return result + redactor.redact(text.substr(begin));
}

Json recordable(const SecretVault& vault, const Json& value) {
  return vault.to_references(vault.conceal(value));
}

/// Known values and the placeholders they become. Placeholders become themselves: a secret whose
/// value is part of one ("secret") must not break it.
struct SecretVault::Concealment {
  PatternSet patterns;
  std::vector<std::string> placeholders;  ///< by id

  /// Replaces the leftmost longest matches.
  std::string apply(std::string_view text) const {
    std::string result;
    std::size_t written = 0;
    std::size_t begin = 0;  // of the best match so far, which ends at `end`
    std::size_t end = 0;
    std::uint32_t id = 0;
    PatternSet::State state = PatternSet::kStart;
    for (std::size_t i = 0; i < text.size() || end > 0; ++i) {
      if (i < text.size()) {
        state = patterns.next(state, text[i]);
        const auto match = patterns.longest(state);
        const std::size_t start = i + 1 - match.length;
        if (match.length > 0 && (end == 0 || start <= begin)) {
          begin = start;
          end = i + 1;
          id = match.id;
        }
      }
      const bool is_last = i + 1 >= text.size();
      if (end > 0 && (is_last || i + 1 - patterns.depth(state) > begin)) {
        result += text.substr(written, begin - written);
        result += placeholders[id];
        written = end;
        i = end - 1;  // what was read beyond the match is read again
        end = 0;
        state = PatternSet::kStart;
      }
    }
    result += text.substr(written);
    return result;
  }
};

SecretVault::SecretVault(std::string run_id, Redactor& redactor)
    : run_id_(std::move(run_id)), redactor_(redactor) {}

SecretVault::~SecretVault() = default;

std::string SecretVault::add(std::string_view name, std::string_view value) {
  redactor_.add(name, value);
  std::string placeholder = declare(name);
  values_.insert_or_assign(std::string(name), std::string(value));
  concealment_.reset();
  return placeholder;
}

std::string SecretVault::declare(std::string_view name) {
  std::string text = placeholder(name);
  values_.try_emplace(std::string(name));
  if (names_.insert_or_assign(text, std::string(name)).second) {
    redactor_.add(name, text);  // what is shown has the secret's name, not its placeholder
  }
  return text;
}

std::string SecretVault::placeholder(std::string_view name) const {
  return std::string(kPrefix) +
         to_hex(hmac_sha256(run_id_, fmt::format("name:{}", name))).substr(0, kDigits);
}

std::optional<std::string> SecretVault::value(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::nullopt : found->second;
}

std::vector<std::pair<std::string, std::string>> SecretVault::known() const {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [name, value] : values_) {
    if (value) {
      pairs.emplace_back(name, *value);
    }
  }
  return pairs;
}

bool SecretVault::is_placeholder(std::string_view text) const {
  return text.size() == kPlaceholderSize && names_.contains(text);
}

bool SecretVault::mentions(std::string_view text) const {
  for (auto at = find_placeholder(text, 0); at != std::string_view::npos;
       at = find_placeholder(text, at + 1)) {
    if (names_.contains(text.substr(at, kPlaceholderSize))) {
      return true;
    }
  }
  return false;
}

Json SecretVault::reveal(const Json& value) const {
  return change_strings(value, [this](std::string_view text) { return reveal(text); });
}

std::string SecretVault::reveal(std::string_view text) const {
  std::string result;
  std::size_t written = 0;
  for (auto at = find_placeholder(text, 0); at != std::string_view::npos;
       at = find_placeholder(text, written)) {
    const std::string_view placeholder = text.substr(at, kPlaceholderSize);
    const auto name = names_.find(placeholder);
    const auto secret = name == names_.end() ? std::nullopt : value(name->second);
    if (!secret) {
      throw Error(Code::secret_missing,
                  name == names_.end()
                      ? fmt::format("{} is the placeholder of no secret of this run", placeholder)
                      : fmt::format("the secret {} has no value", name->second))
          .with_effect(EffectDone::none);
    }
    result += text.substr(written, at - written);
    result += *secret;
    written = at + kPlaceholderSize;
  }
  result += text.substr(written);
  return result;
}

Json SecretVault::conceal(const Json& value) const {
  if (values_.empty()) {
    return value;
  }
  return change_strings(value, [this](std::string_view text) { return conceal(text); });
}

std::string SecretVault::conceal(std::string_view text) const {
  if (values_.empty()) {
    return std::string(text);
  }
  if (!concealment_) {
    concealment_ = std::make_unique<Concealment>();
    for (const auto& [name, secret] : values_) {
      const auto id = static_cast<std::uint32_t>(concealment_->placeholders.size());
      concealment_->placeholders.push_back(placeholder(name));
      concealment_->patterns.add(concealment_->placeholders.back(), id);
      concealment_->patterns.add(secret.value_or(""), id);
    }
    concealment_->patterns.build();
  }
  // Other encodings of a value cannot be put back, so they are masked, but never inside a
  // placeholder.
  return redact_around_references(redactor_, concealment_->apply(text));
}

Json SecretVault::to_references(const Json& value) const {
  if (names_.empty()) {
    return value;
  }
  if (value.is_string()) {
    const auto name = names_.find(value.get_ref<const std::string&>());
    return name == names_.end() ? value : Json{{kReference, name->second}};
  }
  Json result = value;
  if (value.is_structured()) {
    for (Json& item : result) {
      item = to_references(item);
    }
  }
  return result;
}

Json SecretVault::from_references(const Json& value) const {
  if (value.is_object() && value.size() == 1 && value.begin().key() == kReference &&
      value.begin()->is_string()) {
    return placeholder(value.begin()->get_ref<const std::string&>());
  }
  Json result = value;
  if (value.is_structured()) {
    for (Json& item : result) {
      item = from_references(item);
    }
  }
  return result;
}

std::string SecretVault::fingerprint(std::string_view value) const {
  // The journal holds this, and the run id with it: repetition makes guessing weak values slow.
  constexpr int kRounds = 2000;  // half a millisecond
  std::string digest = fmt::format("value:{}", value);
  for (int round = 0; round < kRounds; ++round) {
    const Digest next = hmac_sha256(run_id_, digest);
    digest.assign(next.begin(), next.end());
  }
  return to_hex(digest).substr(0, kDigits);
}

std::map<std::string, std::string> read_secret_file(const std::string& path) {
  std::map<std::string, std::string> values;
  std::error_code absent;
  if (!std::filesystem::exists(path, absent)) {
    return values;
  }
  const Json document = parse_json(read_file(path), path);
  const auto secrets = document.is_object() ? document.find("secrets") : document.end();
  if (secrets == document.end() || !secrets->is_object()) {
    throw Error(Code::store_unreadable, fmt::format("{} is not a file of secrets", path));
  }
  for (const auto& [name, value] : secrets->items()) {
    values[name] = from_base64(value.is_string() ? value.get<std::string>() : "");
  }
  return values;
}

void write_secret_file(const std::string& path, const std::map<std::string, std::string>& values) {
  Json secrets = Json::object();
  for (const auto& [name, value] : values) {
    secrets[name] = to_base64(value);  // a value may be any bytes, JSON text may not
  }
  write_file_atomically(path, Json{{"v", 1}, {"secrets", secrets}}.dump() + "\n");
}

}  // namespace runbook
