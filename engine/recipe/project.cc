#include "engine/recipe/project.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/recipe/catalogue.h"

namespace runbook {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStateFolder = ".runbook";
constexpr std::string_view kRecipes = "recipes/";  // may be left out where a recipe is named

/// The nearest folder at or above `start` that holds `name`.
std::optional<fs::path> folder_above(const fs::path& start, const char* name) {
  for (fs::path folder = start;; folder = folder.parent_path()) {
    std::error_code unreadable;  // a folder that cannot be read holds nothing of ours
    if (fs::exists(folder / name, unreadable)) {
      return folder;
    }
    if (folder == folder.parent_path()) {
      return std::nullopt;
    }
  }
}

fs::path find_root(const fs::path& start) {
  return folder_above(start, kStateFolder).value_or(folder_above(start, ".git").value_or(start));
}

fs::path absolute_folder(const fs::path& start, const std::string& text) {
  fs::path folder = (start / text).lexically_normal();
  return folder.has_filename() ? folder : folder.parent_path();  // "state/" is "state"
}

/// Recipes worth suggesting.
std::set<std::string> known_recipes(const Project& project, const fs::path& directory) {
  std::set<std::string> names;
  for (const std::string& file : glob_files(directory, "*.lua")) {
    names.insert(file);
  }
  for (const fs::path& path : recipe_files(project)) {
    const std::string name = recipe_name(project, path);
    names.insert(name);
    if (name.starts_with(kRecipes)) {
      names.insert(name.substr(kRecipes.size()));
    }
  }
  return names;
}

[[noreturn]] void refuse_recipe(const Project& project, const fs::path& directory,
                                const std::string& name, const std::vector<fs::path>& tried) {
  const std::set<std::string> known = known_recipes(project, directory);
  const std::string wanted = name.ends_with(".lua") ? name : name + ".lua";
  const std::string elsewhere = recipe_elsewhere(project, name);
  const std::string_view near =
      elsewhere.empty() ? closest_match(wanted, {known.begin(), known.end()}) : elsewhere;
  std::vector<std::string> paths;
  for (const fs::path& path : tried) {
    paths.push_back(path.string());
  }
  throw Error(Code::recipe_not_found,
              fmt::format("there is no recipe \"{}\"{}", name,
                          near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)),
              fmt::format("looked for {}", fmt::join(paths, ", ")), {{"tried", paths}})
      .with_effect(EffectDone::none);
}

}  // namespace

Project find_project(const fs::path& start, const std::string& state_option,
                     const std::string& state_environment) {
  const std::string& state = state_option.empty() ? state_environment : state_option;
  if (state.empty()) {
    const fs::path root = find_root(start);
    return {root, root / kStateFolder};
  }
  const fs::path folder = absolute_folder(start, state);
  return {folder.filename() == kStateFolder ? folder.parent_path() : find_root(start), folder};
}

fs::path find_recipe(const Project& project, const fs::path& directory, const std::string& name) {
  std::vector<fs::path> tried;
  for (const fs::path& base : {directory, project.root, project.root / "recipes"}) {
    for (const char* ending : {"", ".lua"}) {
      const fs::path file = (base / (name + ending)).lexically_normal();
      if (std::ranges::find(tried, file) != tried.end()) {
        continue;
      }
      std::error_code unreadable;  // then it is not found, and the message says where
      if (!name.empty() && fs::is_regular_file(file, unreadable)) {
        return fs::canonical(file);
      }
      tried.push_back(file);
    }
  }
  refuse_recipe(project, directory, name, tried);
}

std::string recipe_elsewhere(const Project& project, const std::string& name) {
  for (const fs::path& path : recipe_files(project)) {
    if (path.stem() == name || path.filename() == name) {
      return recipe_name(project, path);
    }
  }
  return {};
}

std::string recipe_name(const Project& project, const fs::path& recipe) {
  std::error_code absent;  // a root that is not there yet has no other name
  const fs::path root = fs::weakly_canonical(project.root, absent);
  const fs::path relative = recipe.lexically_relative(absent ? project.root : root);
  const bool below = !relative.empty() && *relative.begin() != "..";
  return (below ? relative : recipe).generic_string();
}

std::optional<RunRow> latest_run(Store& store, std::string_view recipe) {
  for (RunRow& row : store.list_runs()) {
    if (recipe.empty() || row.recipe == recipe || row.name == recipe) {
      return std::move(row);
    }
  }
  return std::nullopt;
}

}  // namespace runbook
