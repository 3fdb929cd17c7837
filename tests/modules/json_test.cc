#include "engine/lua/module.h"
#include "modules/modules.h"
#include "tests/base/expect_error.h"
#include "tests/modules/primitive.h"

using namespace runbook;

TEST_CASE("json.encode sorts keys and may be pretty", "[json]") {
  const PrimitiveTest test;
  const Json value = {{"b", 1}, {"a", Json::array({true})}};
  CHECK(test.call(json_module(), "encode", {{"value", value}}) == "{\"a\":[true],\"b\":1}");
  CHECK(test.call(json_module(), "encode", {{"value", {{"a", 1}}}, {"pretty", true}}) ==
        "{\n  \"a\": 1\n}");
  CHECK(test.call(json_module(), "encode", {{"value", nullptr}}) == "null");
}

TEST_CASE("json.decode names where the text is from", "[json]") {
  const PrimitiveTest test;
  CHECK(test.call(json_module(), "decode", {{"text", "{\"a\": [1, null]}"}}) ==
        Json{{"a", Json::array({1, nullptr})}});
  const Error error = expect_error(Code::json_invalid, [&] {
    test.call(json_module(), "decode", {{"text", "{"}, {"name", "config.json"}});
  });
  CHECK_THAT(error.message, ContainsSubstring("config.json:1:2"));
}
