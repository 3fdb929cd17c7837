#pragma once
// Reads -P files. Internal to engine/recipe.

#include <filesystem>
#include <map>
#include <string>

#include "engine/base/json.h"

namespace runbook {

struct ParameterFile {
  Json data = Json::object();               ///< .json, .yaml, .yml
  std::map<std::string, std::string> text;  ///< any other ending: KEY=VALUE lines
};

/// Errors name file and line, never what stands there: it may be a secret.
/// Error(Code::parameters_invalid | file_not_found | file_unreadable).
ParameterFile read_parameter_file(const std::filesystem::path& path);

}  // namespace runbook
