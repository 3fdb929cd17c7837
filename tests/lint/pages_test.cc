#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/error.h"
#include "tests/catch.h"
#include "tests/lint/tree.h"

using namespace runbook;
using namespace runbook::lint;

TEST_CASE("Each error has a page of 5 to 25 lines under its own sentence", "[lint]") {
  std::vector<std::string> complaints;
  for (const CodeInfo& row : all_codes()) {
    const std::string page(code_page(row.code));
    const std::string title = fmt::format("# {}: {}\n", code_text(row.code), row.sentence);
    const auto lines = std::ranges::count(page, '\n');
    if (!page.starts_with(title)) {
      complaints.push_back(code_text(row.code) + ": its page must begin with " + title);
    }
    if (lines < 5 || lines > 25) {
      complaints.push_back(fmt::format("{}: its page has {} lines", code_text(row.code), lines));
    }
  }
  expect_none(complaints);
}

TEST_CASE("Each page belongs to an error", "[lint]") {
  std::set<std::string> expected;
  for (const CodeInfo& row : all_codes()) {
    expected.insert("engine/base/errors/" + code_text(row.code) + ".md");
  }
  std::vector<std::string> complaints;
  for (const File& file : all_files()) {
    if (file.path.starts_with("engine/base/errors/") && !expected.contains(file.path)) {
      complaints.push_back(file.path + " has no row in error_codes.def");
    }
  }
  expect_none(complaints);
}

TEST_CASE("A number that is named anywhere exists", "[lint]") {
  std::vector<std::string> complaints;
  for (const File& file : all_files()) {
    if (file.path.starts_with("tests/")) {
      continue;  // tests ask about numbers that do not exist
    }
    for (auto at = file.text.find("RB"); at != std::string::npos;
         at = file.text.find("RB", at + 1)) {
      const std::string digits = file.text.substr(at + 2, 4);
      const bool is_number = digits.size() == 4 && std::ranges::all_of(digits, [](char c) {
                               return c >= '0' && c <= '9';
                             });
      if (is_number && !parse_code(digits)) {
        complaints.push_back(file.path + " names RB" + digits);
      }
    }
  }
  expect_none(complaints);
}
