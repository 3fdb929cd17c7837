#pragma once
// Checks what a recipe gave a primitive against its declaration (module.h).

#include <filesystem>
#include <string>

#include "engine/lua/module.h"

namespace runbook::lua {

/// Positional arguments and one table → options by name: `list` holds the positional ones, `table`
/// the named ones, its list part under the option marked `rest`. Unknown (with the nearest name),
/// missing or wrong options: Error(option_unknown | option_missing | option_invalid), effect none,
/// naming function and option. Defaults filled in.
Json check_arguments(const std::string& qualified_name, const Function& function,
                     const Json& positional, const Json& table, const std::filesystem::path& root);

}  // namespace runbook::lua
