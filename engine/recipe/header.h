#pragma once
// The recipe{} header: what a recipe says about itself before its first step.

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/recipe/parameters.h"

namespace runbook {

struct Need {
  std::string tool;
  std::string version;   ///< ">=1.27", "*" …
  std::string unless{};  ///< a parameter: where it has a value, the tool is not needed
  /// What the tool's checks ask about ("context") → the parameter that says it.
  std::map<std::string, std::string> with{};
};

/// What `allow` lists; absent = everything is allowed.
struct Allow {
  std::optional<std::vector<std::string>> run, net, write;
};

struct Header {
  std::string name, version, summary, description;
  std::vector<Parameter> parameters;
  std::vector<Need> needs;
  std::optional<Allow> allow;
  bool has_target = false;  ///< functions: the caller keeps them
  bool has_lock = false;
  std::optional<std::string> lock;  ///< `lock = "name"`: a constant instead of a function
  std::optional<std::chrono::milliseconds> lua_time;  ///< limits.lua_time
  std::optional<std::size_t> memory;                  ///< limits.memory, bytes
};

/// `value`: the table as JSON, in which the caller has put `true` for the functions `target` and
/// `lock`. Unknown fields with a suggestion, wrong types: Error(Code::recipe_header_invalid) naming
/// the field.
Header parse_header(const Json& value);

/// "256MB", "1.5GB", "512KiB": bytes; nullopt if it is no size.
std::optional<std::size_t> parse_size(std::string_view text);

}  // namespace runbook
