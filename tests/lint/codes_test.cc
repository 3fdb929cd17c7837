// Every error number is asked for by some test, and raised by what the test calls.

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

/// Where the name stands as a whole word: Code::lock_held, not Code::lock_held_by.
std::vector<std::size_t> places_of(const std::string& text, const std::string& word) {
  std::vector<std::size_t> places;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if (end == text.size() || !is_name_character(text[end])) {
      places.push_back(at);
    }
  }
  return places;
}

/// What stands before it in its statement.
std::string_view statement_before(std::string_view text, std::size_t place) {
  std::size_t begin = 0;
  for (const char* end : {";", "{\n", "}\n"}) {
    const std::size_t at = text.rfind(end, place);
    begin = at == std::string_view::npos ? begin : std::max(begin, at + 1);
  }
  return text.substr(begin, place - begin);
}

/// `Error(Code::…`, `Error error(Code::…`: the error is made here.
bool is_made(std::string_view before) {
  const std::size_t at = before.rfind("Error");
  return before.ends_with("(") && at != std::string_view::npos &&
         before.find_first_of("(){},=", at) == before.size() - 1;
}

bool is_asked_for(std::string_view before) {
  const std::vector<std::string_view> asking = {"CHECK", "REQUIRE", "expect_", "check_", "refus"};
  return std::ranges::any_of(
      asking, [&](std::string_view word) { return before.find(word) != std::string_view::npos; });
}

bool is_code(const File& file) {
  return is_cpp(file) || file.path.ends_with(".lua");
}

/// A file that makes the error itself shows nothing of who raises it.
bool asks_for(const File& file, const CodeInfo& row) {
  const std::string name = "Code::" + std::string(row.name);
  bool asked = false;
  for (const std::string& word : {name, code_text(row.code)}) {
    for (const std::size_t place : places_of(file.text, word)) {
      const std::string_view before = statement_before(file.text, place);
      if (is_made(before)) {
        return false;
      }
      asked = asked || is_asked_for(before);
    }
  }
  return asked;
}

bool raises(const File& file, const CodeInfo& row) {
  return !places_of(file.text, "Code::" + std::string(row.name)).empty() ||
         !places_of(file.text, code_text(row.code)).empty();
}

bool is_below(const File& file, const std::vector<std::string>& folders) {
  return std::ranges::any_of(
      folders, [&](const std::string& folder) { return file.path.starts_with(folder); });
}

}  // namespace

TEST_CASE("What asks for an error is told from what makes one", "[lint]") {
  const CodeInfo& row = code_info(Code::lock_held);
  const auto asked = [&](const std::string& text) { return asks_for({"x.cc", text}, row); };
  CHECK(asked("CHECK(error.code == Code::lock_held);"));
  CHECK(asked("expect_error(Code::lock_held,\n  [&] { f(); });"));
  CHECK(asked("CHECK_THAT(ran.err, ContainsSubstring(\"RB2002\"));"));
  CHECK_FALSE(asked("CHECK(other);\nuse(Code::lock_held);"));
  CHECK_FALSE(asked("CHECK(error.code == Code::lock_held_by);"));
  CHECK_FALSE(asked("throw Error(Code::lock_held, \"\");\nCHECK(e.code == Code::lock_held);"));
  CHECK_FALSE(asked("Error error(Code::lock_held, \"\");\nCHECK(e.code == Code::lock_held);"));
}

TEST_CASE("Every error is asked for by a test that does not make it itself", "[lint]") {
  std::vector<std::string> complaints;
  for (const CodeInfo& row : all_codes()) {
    if (std::ranges::none_of(all_files(), [&](const File& file) {
          return is_code(file) && is_below(file, {"tests/"}) && !is_below(file, {"tests/lint/"}) &&
                 asks_for(file, row);
        })) {
      complaints.push_back(code_text(row.code) + " " + std::string(row.name) + ": no test");
    }
  }
  expect_none(complaints);
}

TEST_CASE("Every error is raised by something", "[lint]") {
  std::vector<std::string> complaints;
  for (const CodeInfo& row : all_codes()) {
    if (std::ranges::none_of(all_files(), [&](const File& file) {
          return is_code(file) && is_below(file, {"engine/", "modules/", "stdlib/"}) &&
                 raises(file, row);
        })) {
      complaints.push_back(code_text(row.code) + " " + std::string(row.name) +
                           ": nothing raises it");
    }
  }
  expect_none(complaints);
}
