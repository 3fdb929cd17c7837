// Every error number is asked for by some test.

#include <algorithm>

#include "engine/base/error.h"
#include "tests/catch.h"
#include "tests/lint/tree.h"

using namespace runbook;
using namespace runbook::lint;

namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
}

/// The name as a whole word: Code::lock_held, not Code::lock_held_by.
bool mentions(const std::string& text, const std::string& word) {
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if (end == text.size() || !is_name_character(text[end])) {
      return true;
    }
  }
  return false;
}

bool is_in(const CodeInfo& row, const std::vector<std::string>& folders) {
  const std::string name = "Code::" + std::string(row.name);
  return std::ranges::any_of(all_files(), [&](const File& file) {
    const bool inside = std::ranges::any_of(
        folders, [&](const std::string& folder) { return file.path.starts_with(folder); });
    return inside && !file.path.starts_with("tests/lint/") &&
           (is_cpp(file) || file.path.ends_with(".lua")) &&
           (mentions(file.text, name) || mentions(file.text, code_text(row.code)));
  });
}

}  // namespace

TEST_CASE("Every error is asked for by a test, by number or by name", "[lint]") {
  std::vector<std::string> complaints;
  for (const CodeInfo& row : all_codes()) {
    if (!is_in(row, {"tests/"})) {
      complaints.push_back(code_text(row.code) + " " + std::string(row.name) + ": no test");
    }
  }
  expect_none(complaints);
}

TEST_CASE("Every error is raised by something", "[lint]") {
  std::vector<std::string> complaints;
  for (const CodeInfo& row : all_codes()) {
    if (!is_in(row, {"engine/", "modules/", "stdlib/"})) {
      complaints.push_back(code_text(row.code) + " " + std::string(row.name) +
                           ": nothing raises it");
    }
  }
  expect_none(complaints);
}
