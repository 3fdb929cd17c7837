#pragma once
// Parameters of a recipe: their declaration, and the check of what was given for them from the
// command line, files, the environment and defaults. All wrong ones are reported together.

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json.h"

namespace runbook {

enum class ParameterType {
  string,
  integer,
  number,
  bigint,
  boolean,
  enumeration,
  list,
  url,
  path,
  duration,
  address,
  secret,
  json
};
/// As the constructors are named: "string", "enum", …
std::string_view parameter_type_name(ParameterType type);

struct Parameter {
  std::string name;
  ParameterType type = ParameterType::string;
  std::string help;
  std::string env;                           ///< environment variable, "" = none
  std::string file;                          ///< secret only: file that holds the value
  Json fallback = nullptr;                   ///< default; null = none
  bool required = true;                      ///< false: may be left out and is then nil
  std::vector<std::string> values;           ///< enum
  ParameterType of = ParameterType::string;  ///< list: type of the items
  std::optional<double> min, max;            ///< integer, number
  bool may_change = false;                   ///< a resume may be given another value
};

/// One constructor call as JSON: {"type": "url", "env": …, "default": …, "help": …}. Unknown fields
/// and types are Error(Code::recipe_header_invalid) naming "params.NAME.field".
Parameter parse_parameter(const std::string& name, const Json& declaration);

/// What was given, unchecked. Later sources win: default < environment < files in order < -p.
struct GivenParameters {
  std::vector<std::string> arguments;        ///< "name=value", as typed
  std::vector<std::filesystem::path> files;  ///< .json .yaml .yml, else KEY=VALUE
  /// Value of an environment variable; nullopt if unset.
  std::function<std::optional<std::string>(const std::string& name)> environment;
};

struct SecretPart {
  std::string name;   ///< "key"; "rpc.password", "rpc.query.token", "rpc.path.2" for parts of a URL
  std::string value;  ///< at least 6 characters
};

struct CheckedParameters {
  /// By name, with the values as the recipe gets them: secrets and secret parts of URLs still in
  /// clear: register `secrets` with the vault, then vault.conceal(values).
  Json values = Json::object();
  std::map<std::string, std::string>
      sources;  ///< "-p", "file params.json", "env RPC_URL", "default"
  std::vector<SecretPart> secrets;
};

/// Error(Code::parameters_invalid): one line per wrong parameter, detail = [{name, problem}].
/// Values of secrets never appear in it.
CheckedParameters check_parameters(const std::vector<Parameter>& declared,
                                   const GivenParameters& given, const std::filesystem::path& root);

}  // namespace runbook
