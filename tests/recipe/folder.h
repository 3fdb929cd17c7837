#pragma once
// A folder of its own for each test, removed at the end.

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace runbook {

class Folder {
 public:
  Folder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "runbook-recipe-XXXXXX").string();
    path = std::filesystem::canonical(mkdtemp(pattern.data()));
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name) << content;
    return path / name;
  }

  std::filesystem::path path;
};

}  // namespace runbook
