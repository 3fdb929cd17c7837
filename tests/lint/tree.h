#pragma once
// The files of the repository, as text.

#include <string>
#include <string_view>
#include <vector>

namespace runbook::lint {

struct File {
  std::string path;  ///< from the top: "engine/base/error.h"
  std::string text;  ///< empty for binary files
};

/// Everything but what is built or installed. Read once.
const std::vector<File>& all_files();
/// True for C++ sources and headers.
bool is_cpp(const File& file);
/// "engine/base" of "engine/base/error.h"; "engine" of "engine/main.cc".
std::string folder_of(const std::string& path);
std::vector<std::string> split(std::string_view text, char separator);

/// Fails the running test with one line per complaint, if there are any.
void expect_none(const std::vector<std::string>& complaints);

}  // namespace runbook::lint
