#pragma once
// Reads a recipe's recipe{} table without a run: executes the file up to recipe{} or the first
// thing that would act or look, in a Lua of its own, and drops it there. So wrong parameters and
// syntax errors are found before a run exists.

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/recipe/header.h"

namespace runbook {

struct Module;

struct RecipeFile {
  std::optional<Header> header;  ///< absent: the recipe has none
  bool asks = false;             ///< it asked something of the engine, so it is no library
  std::map<std::string, std::string>
      sources;  ///< by path relative to the root: the recipe and what it required so far
};

/// The text of a file by its path relative to the root; nullopt if there is none.
using SourceReader = std::function<std::optional<std::string>(const std::string& path)>;

/// `source` empty: from the disk. Error(recipe_not_found | recipe_syntax | recipe_header_invalid |
/// module_not_found | lua_error …), file and line in it.
RecipeFile read_recipe_file(const std::filesystem::path& root, const std::filesystem::path& recipe,
                            const std::vector<Module>& modules, SourceReader source = {});

}  // namespace runbook
