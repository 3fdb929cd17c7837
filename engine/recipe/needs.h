#pragma once
// What a recipe needs of the machine, recipe{ needs }: command line tools, in versions.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/io/tool_program.h"
#include "engine/recipe/header.h"

namespace runbook {

struct Module;

/// A need, and what was found of it. `tool` has the name that the caller's need has.
struct FoundNeed {
  Need need;
  ToolProgram tool;  ///< as a module declares it, else what tools commonly are: NAME --version
  InstalledTool installed;       ///< path empty: it is nowhere; version empty: nobody asked
  std::optional<Error> problem;  ///< tool_missing, tool_version
};

/// The tools that modules declare, by name.
std::vector<ToolProgram> known_tools(const std::vector<Module>& modules);

/// Of a recipe's needs those that apply with these parameters; `with` then has the values.
/// `value_of` = a parameter's value as text, nullopt if it has none.
std::vector<Need> needs_with(
    const std::vector<Need>& needs,
    const std::function<std::optional<std::string>(const std::string& parameter)>& value_of);
std::vector<Need> needs_with(const std::vector<Need>& needs, const Json& parameters);

/// All at once, each for 10 s at most. A tool is asked for its version where a module declares it
/// or a range is wanted.
std::vector<FoundNeed> look_at_needs(const std::vector<Need>& needs,
                                     const std::vector<Module>& modules,
                                     const std::filesystem::path& root);

/// The cheap part before the first step: all that is missing is one
/// Error(Code::tool_missing | tool_version). Costs nothing where nothing is needed.
void check_needs(const std::vector<Need>& needs, const std::vector<Module>& modules,
                 const std::filesystem::path& root, const std::string& recipe);

}  // namespace runbook
