#include "engine/base/error.h"

#include <set>

#include "tests/base/expect_error.h"

using namespace runbook;

TEST_CASE("An error without a hint has the hint of its number", "[error]") {
  const Error plain(Code::effect_outside_step, "what happened");
  CHECK(plain.hint == code_info(Code::effect_outside_step).hint);
  const Error hinted(Code::effect_outside_step, "what happened", "do this");
  CHECK(hinted.hint == "do this");
  CHECK(std::string(plain.what()) == "what happened");
}

TEST_CASE("An error survives the journal", "[error]") {
  Error error(Code::process_failed, "exit 1", "look", {{"exit", 1}});
  error.path = "a/b";
  error.transient = true;
  const Json stored = error.to_json();
  CHECK(stored["code"] == "RB0612");
  const Error back = Error::from_json(stored);
  CHECK(back.code == Code::process_failed);
  CHECK(back.message == "exit 1");
  CHECK(back.hint == "look");
  CHECK(back.detail == Json{{"exit", 1}});
  CHECK(back.path == "a/b");
  CHECK(back.transient);
  CHECK(back.to_json() == stored);
}

TEST_CASE("A stored error that is odd still has a message", "[error]") {
  CHECK(Error::from_json("just text").message == "just text");
  CHECK(Error::from_json(Json::array({1})).message == "[1]");
  const Error newer = Error::from_json({{"code", "RB9999"}, {"message", "from the future"}});
  CHECK(newer.message == "from the future");
  CHECK(newer.detail.is_null());
  CHECK_FALSE(newer.transient);
}

TEST_CASE("Numbers are read with and without their letters", "[error]") {
  CHECK(code_text(Code::internal) == "RB0001");
  CHECK(parse_code("RB1203") == Code::effect_outside_step);
  CHECK(parse_code("1203") == Code::effect_outside_step);
  CHECK(parse_code("rb0001") == Code::internal);
  for (const char* text : {"", "RB", "RB9999", "12x", "RB-1", "RB1203 "}) {
    INFO(text);
    CHECK_FALSE(parse_code(text));
  }
}

TEST_CASE("The rows are in order, and each has its words, its exit code and its page", "[error]") {
  int previous = 0;
  for (const CodeInfo& row : all_codes()) {
    INFO(row.name);
    CHECK(static_cast<int>(row.code) > previous);
    previous = static_cast<int>(row.code);
    CHECK_FALSE(row.sentence.empty());
    CHECK_FALSE(row.hint.empty());
    const std::set<int> exits = {1, 2, 3, 10, 11, 12, 20, 30, 31, 40, 50, 70, 124};
    CHECK(exits.contains(row.exit));
    CHECK(code_info(row.code).name == row.name);
    CHECK_THAT(std::string(code_page(row.code)), ContainsSubstring(code_text(row.code)));
  }
}

TEST_CASE("A broken promise of the engine names its place", "[error]") {
  const Error error = expect_error(Code::internal, [] { RB_CHECK(1 == 2); });
  CHECK_THAT(error.message, ContainsSubstring("error_test.cc:") && ContainsSubstring("1 == 2"));
}

TEST_CASE("A mistyped word finds its neighbour, and a strange one nothing", "[error]") {
  const std::vector<std::string_view> names = {"timeout", "retry", "cwd", "env", "stdin"};
  CHECK(closest_match("timout", names) == "timeout");
  CHECK(closest_match("tiemout", names) == "timeout");
  CHECK(closest_match("Timeout", names) == "timeout");
  CHECK(closest_match("retries", {"retry"}).empty());
  CHECK(closest_match("retyr", names) == "retry");
  CHECK(closest_match("cdw", names) == "cwd");
  CHECK(closest_match("cmd", names) == "cwd");
  CHECK(closest_match("namespace", names).empty());
  CHECK(closest_match("xyz", names).empty());
  CHECK(closest_match("", names).empty());
  CHECK(closest_match("e", {"f"}).empty());
  CHECK(closest_match(std::string(1'000'000, 'a'), names).empty());
}
