#include "engine/base/path.h"

#include "tests/base/expect_error.h"

using namespace runbook;

TEST_CASE("A step's name is printable text without a slash", "[path]") {
  CHECK(name_segment("deploy the token") == "deploy the token");
  CHECK(name_segment("100% of * and ?") == "100% of * and ?");
  CHECK(name_segment("Größe 数") == "Größe 数");
  CHECK(name_segment(std::string(200, 'a')).size() == 200);
}

TEST_CASE("A step's name that breaks a rule is told which", "[path]") {
  const auto message = [](std::string_view name) {
    return expect_error(Code::step_name_invalid, [&] { name_segment(name); }).message;
  };
  CHECK_THAT(message(""), ContainsSubstring("empty"));
  CHECK_THAT(message("a/b"), ContainsSubstring("\"a/b\" holds a slash"));
  CHECK_THAT(message(" a"), ContainsSubstring("space"));
  CHECK_THAT(message("a "), ContainsSubstring("space"));
  CHECK_THAT(message("a\nb"), ContainsSubstring("control character"));
  CHECK_THAT(message("a\x7f"), ContainsSubstring("control character"));
  CHECK_THAT(message("a\xc2\x85"), ContainsSubstring("control character"));
  CHECK_THAT(message("a\xff"), ContainsSubstring("UTF-8"));
  CHECK_THAT(message(std::string(201, 'a')), ContainsSubstring("201 bytes"));
}

TEST_CASE("A key may hold anything printable, escaped", "[path]") {
  CHECK(key_segment("0xAbC") == "0xAbC");
  CHECK(key_segment("a/b%c*d?e") == "a%2Fb%25c%2Ad%3Fe");
  CHECK(key_segment("%2F") != key_segment("/"));
  expect_error(Code::step_name_invalid, [] { key_segment(""); });
  expect_error(Code::step_name_invalid, [] { key_segment("a\tb"); });
  expect_error(Code::step_name_invalid, [] { key_segment(std::string(100, '/')); });
}

TEST_CASE("Paths are joined and taken apart", "[path]") {
  CHECK(join_path("", "c") == "c");
  CHECK(join_path("a/b", "c") == "a/b/c");
  CHECK(parent_path("a/b/c") == "a/b");
  CHECK(parent_path("a").empty());
  CHECK(last_segment("a/b/c") == "c");
  CHECK(last_segment("a") == "a");
  CHECK(path_segments("").empty());
  CHECK(path_segments("a/b/c") == std::vector<std::string_view>{"a", "b", "c"});
}

TEST_CASE("A path lies under its ancestors only", "[path]") {
  CHECK(is_under("a/b", "a"));
  CHECK(is_under("a", "a"));
  CHECK(is_under("a", ""));
  CHECK_FALSE(is_under("ab", "a"));
  CHECK_FALSE(is_under("a", "a/b"));
}

TEST_CASE("A slug is a file name", "[path]") {
  CHECK(path_slug("fund the team/0xAbc") == "fund-the-team-0xabc");
  CHECK(path_slug("  --Odd__name!! ") == "odd-name");
  CHECK(path_slug("数") == "step");
  CHECK(path_slug(std::string(59, 'a') + " b").size() == 59);
  CHECK(path_slug(std::string(300, 'a')).size() == 60);
}
