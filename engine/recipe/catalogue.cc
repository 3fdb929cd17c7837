#include "engine/recipe/catalogue.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/utf8.h"
#include "engine/recipe/header_reader.h"
#include "engine/recipe/project.h"

namespace runbook {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostFiles = 100'000;

/// Walks folder by folder, so that one that cannot be read, or goes while it is read, hides nothing
/// but itself.
class Search {
 public:
  void enter(const fs::path& folder) {
    std::error_code unreadable;
    for (auto entry = fs::directory_iterator(folder, unreadable);
         entry != fs::directory_iterator() && seen_ < kMostFiles; entry.increment(unreadable)) {
      ++seen_;
      look_at(*entry);
    }
  }
  std::vector<fs::path> found() && { return std::move(found_); }

 private:
  void look_at(const fs::directory_entry& entry) {
    std::error_code vanished;
    const std::string name = entry.path().filename().string();
    if (fs::is_directory(entry.symlink_status(vanished))) {
      // In tests are recipes that only their tests can run.
      if (!name.starts_with('.') && name != "lib" && name != "node_modules" && name != "tests") {
        enter(entry.path());
      }
    } else if (name.ends_with(".lua") && entry.is_regular_file(vanished)) {
      found_.push_back(entry.path());
    }
  }

  std::size_t seen_ = 0;
  std::vector<fs::path> found_;
};

/// The global itself: neither x.step( nor my_step(.
bool calls(std::string_view line, std::string_view sign) {
  const std::size_t at = line.find(sign);
  return at == 0 ||
         (at != std::string_view::npos && line[at - 1] != '.' && line[at - 1] != ':' &&
          line[at - 1] != '_' && std::isalnum(static_cast<unsigned char>(line[at - 1])) == 0);
}

bool is_written_like_a_recipe(const std::string& text) {
  constexpr std::array<std::string_view, 4> kSigns = {"recipe {", "recipe{", "recipe({", "step("};
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::string_view said = trimmed(line);
    const auto is_called = [&](std::string_view sign) { return calls(said, sign); };
    if (!said.starts_with("--") && std::any_of(kSigns.begin(), kSigns.end(), is_called)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<fs::path> recipe_files(const Project& project) {
  Search search;
  search.enter(project.root);
  std::vector<fs::path> files = std::move(search).found();
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
