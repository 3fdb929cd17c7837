#include "engine/base/json.h"

#include "tests/base/expect_error.h"

using namespace runbook;

TEST_CASE("JSON that is wrong names its source, line and column", "[json]") {
  const Error error = expect_error(
      Code::json_invalid, [] { parse_json("{\n  \"a\": 1,\n  \"b\" 2\n}", "params.json"); });
  CHECK_THAT(error.message, ContainsSubstring("params.json:3:7: "));
  CHECK_THAT(error.message, !ContainsSubstring("json.exception"));
  CHECK(error.detail == Json{{"line", 3}, {"column", 7}});
  for (const char* text :
       {"", "{", "[1,]", "nul", "1 2", "{\"a\":}", "\"\\x\"", "1e999", "\"\xff\"", "\xff"}) {
    INFO(text);
    expect_error(Code::json_invalid, [&] { parse_json(text, "x"); });
  }
}

TEST_CASE("JSON may nest, but not without end", "[json]") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(dump_json(parse_json(nested(256), "x")) == nested(256));
  const Error error = expect_error(Code::json_invalid, [&] { parse_json(nested(1'000'000), "x"); });
  CHECK_THAT(error.message, ContainsSubstring("x:1:257"));
  CHECK(parse_json("\"" + std::string(1000, '[') + "\\\"\"", "x").is_string());
}

TEST_CASE("Numbers keep every digit", "[json]") {
  CHECK(parse_json("9223372036854775807", "x") == 9223372036854775807);
  CHECK(parse_json("18446744073709551615", "x") == 18446744073709551615U);
  CHECK(parse_json("[18446744073709551616, -9223372036854775809]", "x") ==
        Json::array({"18446744073709551616", "-9223372036854775809"}));
  CHECK(parse_json("1.5e3", "x") == 1500.0);
  CHECK(parse_json("-0", "x") == 0);
}

TEST_CASE("Equal values have equal text", "[json]") {
  CHECK(dump_json(parse_json("{\"b\": 1, \"a\": [true, null]}", "x")) ==
        "{\"a\":[true,null],\"b\":1}");
}

TEST_CASE("A string that is not UTF-8 is named by its path", "[json]") {
  const Json value = {{"list", Json::array({"fine", "\xff"})}};
  const Error error = expect_error(Code::json_invalid, [&] { dump_json(value); });
  CHECK_THAT(error.message, ContainsSubstring("value.list[2] is not valid UTF-8"));
  Json keyed;
  keyed["\xff"] = 1;
  expect_error(Code::json_invalid, [&] { dump_json(keyed); });
}

TEST_CASE("Raw JSON is parsed when somebody asks", "[json]") {
  CHECK(RawJson().empty());
  CHECK(RawJson::of({{"a", 1}}).parse() == Json{{"a", 1}});
  CHECK(RawJson("{\"a\":1}") == RawJson::of({{"a", 1}}));
  expect_error(Code::journal_corrupt, [] { RawJson("{").parse(); });
  expect_error(Code::journal_corrupt, [] { RawJson(std::string(500'000, '[')).parse(); });
}
