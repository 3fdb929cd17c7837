#include "engine/recipe/parameter_files.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/utf8.h"
#include "engine/base/yaml.h"
#include "engine/recipe/parameters.h"

namespace runbook {
namespace {

[[noreturn]] void refuse_file(const std::filesystem::path& path, const std::string& problem) {
  throw Error(Code::parameters_invalid, fmt::format("{} {}", path.string(), problem))
      .with_effect(EffectDone::none);
}

Json parse_data(const std::filesystem::path& path, const std::string& text, bool yaml) {
  Json data;
  try {
    data = yaml ? parse_yaml(text, path.string()) : parse_json(text, path.string());
  } catch (const Error& error) {
    // The reader's own words may quote the file.
    const bool known = error.detail.is_object() && error.detail.contains("line");
    refuse_file(path,
                fmt::format("is not valid {}{}", yaml ? "YAML" : "JSON",
                            known ? fmt::format(" at line {}", error.detail["line"].dump()) : ""));
  }
  if (data.is_null()) {
    return Json::object();
  }
  if (!data.is_object()) {
    refuse_file(path, "must hold one object: names and values");
  }
  return data;
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                      text.front() == text.back();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

std::map<std::string, std::string> parse_lines(const std::filesystem::path& path,
                                               std::string_view text) {
  std::map<std::string, std::string> values;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') {
      continue;
    }
    if (line.starts_with("export ")) {
      line = trimmed(line.substr(7));
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      refuse_file(path, fmt::format("line {} is not NAME=VALUE", number));
    }
    values[std::string(trimmed(line.substr(0, equals)))] =
        unquoted(trimmed(line.substr(equals + 1)));
  }
  return values;
}

}  // namespace

ParameterFile read_parameter_file(const std::filesystem::path& path) {
  const std::string text = read_file(path);
  const std::string ending = path.extension().string();
  ParameterFile file;
  if (ending == ".json" || ending == ".yaml" || ending == ".yml") {
    file.data = parse_data(path, text, ending != ".json");
  } else {
    file.text = parse_lines(path, text);
  }
  return file;
}

}  // namespace runbook
