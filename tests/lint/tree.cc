#include "tests/lint/tree.h"

#include <algorithm>
#include <filesystem>

#include "engine/base/file.h"
#include "tests/catch.h"

namespace runbook::lint {

namespace fs = std::filesystem;

namespace {

bool is_ours(const fs::path& path) {
  const std::string name = path.filename();
  const bool hidden_folder = name.starts_with('.') && name != ".ci";
  return !hidden_folder && !name.starts_with("build") && name != "node_modules";
}

std::vector<File> read_all() {
  std::vector<File> files;
  const fs::path top(SOURCE_FOLDER);
  for (fs::recursive_directory_iterator next(top), end; next != end; ++next) {
    if (next->is_directory() && !is_ours(next->path())) {
      next.disable_recursion_pending();
    } else if (next->is_regular_file() && next->path().extension() != ".tmp") {
      std::string text = read_file(next->path());
      if (text.find('\0') != std::string::npos) {
        text.clear();
      }
      files.push_back({next->path().lexically_relative(top).string(), std::move(text)});
    }
  }
  std::ranges::sort(files, {}, &File::path);
  return files;
}

}  // namespace

const std::vector<File>& all_files() {
  static const std::vector<File> files = read_all();
  return files;
}

bool is_cpp(const File& file) {
  return file.path.ends_with(".cc") || file.path.ends_with(".h");
}

std::string folder_of(const std::string& path) {
  return fs::path(path).parent_path().string();
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(at + 1);
  }
}

void expect_none(const std::vector<std::string>& complaints) {
  std::string all;
  for (const std::string& complaint : complaints) {
    all += complaint + "\n";
  }
  INFO(all);
  CHECK(complaints.empty());
}

}  // namespace runbook::lint
