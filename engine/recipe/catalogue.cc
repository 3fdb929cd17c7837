#include "engine/recipe/catalogue.h"

#include <algorithm>
#include <array>

#include "engine/base/file.h"
#include "engine/recipe/header_reader.h"
#include "engine/recipe/project.h"

namespace runbook {

namespace fs = std::filesystem;

namespace {

bool is_entered(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return !name.starts_with('.') && name != "lib" && name != "node_modules";
}

bool is_written_like_a_recipe(const std::string& text) {
  constexpr std::array<std::string_view, 4> kSigns = {"recipe {", "recipe{", "recipe({", "step("};
  return std::any_of(kSigns.begin(), kSigns.end(),
                     [&](std::string_view sign) { return text.find(sign) != std::string::npos; });
}

}  // namespace

std::vector<fs::path> recipe_files(const Project& project) {
  std::vector<fs::path> files;
  std::error_code unreadable;  // a folder that cannot be read has no recipes to offer
  const auto options = fs::directory_options::skip_permission_denied;
  for (auto entry = fs::recursive_directory_iterator(project.root, options, unreadable);
       entry != fs::recursive_directory_iterator(); entry.increment(unreadable)) {
    std::error_code vanished;
    if (entry->is_directory(vanished)) {
      if (!is_entered(entry->path())) {
        entry.disable_recursion_pending();
      }
    } else if (entry->path().extension() == ".lua" && entry->is_regular_file(vanished)) {
      files.push_back(entry->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<CatalogueEntry> read_catalogue(const Project& project,
                                           const std::vector<Module>& modules) {
  std::vector<CatalogueEntry> entries;
  for (const fs::path& path : recipe_files(project)) {
    CatalogueEntry entry;
    entry.recipe = recipe_name(project, path);
    try {
      RecipeFile file = read_recipe_file(project.root, path, modules);
      if (!file.asks) {
        continue;
      }
      entry.header = std::move(file.header);
    } catch (const Error& error) {
      if (error.code == Code::file_unreadable || !is_written_like_a_recipe(read_file(path))) {
        continue;
      }
      entry.problem = error;
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace runbook
