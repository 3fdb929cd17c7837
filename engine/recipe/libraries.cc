#include "engine/recipe/libraries.h"

#include <fmt/format.h>

#include "engine/base/file.h"
#include "engine/lua/lexer.h"
#include "engine/lua/loader.h"
#include "engine/lua/module.h"
#include "engine/recipe/header_reader.h"

namespace runbook {
namespace {

/// In the place of the recipe a text that only requires, on the line where the recipe does.
SourceReader only_requiring(const lua::RequiredModule& required, const std::filesystem::path& root,
                            const std::filesystem::path& recipe) {
  const std::string text = std::string(static_cast<std::size_t>(required.line - 1), '\n') +
                           fmt::format("require '{}'\n", required.name);
  return [text, disk = lua::project_source(root, recipe.parent_path()),
          is_recipe = true](const std::string& path) mutable -> std::optional<std::string> {
    if (is_recipe) {  // what is asked for first
      is_recipe = false;
      return text;
    }
    return disk(path);
  };
}

}  // namespace

std::vector<Error> broken_libraries(const std::filesystem::path& root,
                                    const std::filesystem::path& recipe,
                                    const std::vector<Module>& modules) {
  std::vector<Error> errors;
  for (const lua::RequiredModule& required : lua::find_required(read_file(recipe))) {
    try {
      read_recipe_file(root, recipe, modules, only_requiring(required, root, recipe));
    } catch (const Error& error) {
      errors.push_back(error);
    }
  }
  return errors;
}

}  // namespace runbook
