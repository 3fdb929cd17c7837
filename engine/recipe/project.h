#pragma once
// Finds the project: the folder of .runbook/, the state in it, and recipes by name.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "engine/store/store.h"

namespace runbook {

struct Project {
  std::filesystem::path root;   ///< relative paths of a recipe start here
  std::filesystem::path state;  ///< .runbook, or what --state said; may not exist yet
};

/// `state_option` (--state) wins over `state_environment` (RUNBOOK_STATE), else the nearest
/// .runbook at or above `start`, else the nearest folder at or above it that holds .git, else
/// `start` itself. With a given state folder named .runbook the root is its parent; with another,
/// the root is found as if none had been given.
Project find_project(const std::filesystem::path& start, const std::string& state_option,
                     const std::string& state_environment);

/// The recipe a user means by `name`: a file relative to `directory` (where the command was typed),
/// else to the root, else root/recipes/NAME.lua; ".lua" may be left out. Absolute and canonical.
/// Error(Code::recipe_not_found) with what was tried and the nearest name.
std::filesystem::path find_recipe(const Project& project, const std::filesystem::path& directory,
                                  const std::string& name);
/// The recipe that is meant where its folder was left out: "examples/deploy.lua" for "deploy".
/// Empty if there is none.
std::string recipe_elsewhere(const Project& project, const std::string& name);
/// "recipes/deploy.lua": relative to the root if below it, else absolute. The recipe's name in the
/// journal.
std::string recipe_name(const Project& project, const std::filesystem::path& recipe);

/// The newest run of this project, or of `recipe` (a recipe_name, or the name in a header) if not
/// empty: what a command means that names none.
std::optional<RunRow> latest_run(Store& store, std::string_view recipe = {});

}  // namespace runbook
