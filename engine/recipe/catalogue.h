#pragma once
// The recipes of a project: which files are recipes, and what their headers say of them.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/recipe/header.h"

namespace runbook {

struct Module;
struct Project;

/// Lua files below the project root that may be recipes, sorted: all but those in hidden folders,
/// lib/, tests/ and node_modules/. At most 100,000 files and folders are looked at: whoever stands
/// in / or at home without a project is not made to wait for a whole disk.
std::vector<std::filesystem::path> recipe_files(const Project& project);

struct CatalogueEntry {
  std::string recipe;            ///< as the journal names it: "recipes/deploy.lua"
  std::optional<Header> header;  ///< absent: it has none, or cannot be read
  std::optional<Error> problem;  ///< why it does not load
};

/// What of `recipe_files` is a recipe. A file that does not load counts if it is written like one;
/// one that asks nothing of the engine is a library and does not.
std::vector<CatalogueEntry> read_catalogue(const Project& project,
                                           const std::vector<Module>& modules);

}  // namespace runbook
