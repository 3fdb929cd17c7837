#include "engine/lua/module.h"
#include "modules/modules.h"
#include "tests/base/expect_error.h"
#include "tests/modules/primitive.h"

using namespace runbook;

namespace {

Json decode(const std::string& text) {
  const PrimitiveTest test;
  return test.call(toml_module(), "decode", {{"text", text}, {"name", "x.toml"}});
}

}  // namespace

TEST_CASE("toml.decode reads tables, lists and scalars", "[toml]") {
  CHECK(decode("title = \"x\"\non = true\nratio = 0.5\nbig = 9007199254740993\n"
               "[server]\nports = [80, 443]\n[[node]]\nname = \"a\"\n[[node]]\nname = \"b\"\n") ==
        Json{{"title", "x"},
             {"on", true},
             {"ratio", 0.5},
             {"big", 9007199254740993},
             {"server", {{"ports", Json::array({80, 443})}}},
             {"node", Json::array({{{"name", "a"}}, {{"name", "b"}}})}});
  CHECK(decode("") == Json::object());
}

TEST_CASE("toml.decode keeps dates and times as text", "[toml]") {
  CHECK(decode("a = 2026-01-31\nb = 12:30:00\nc = 2026-01-31T12:30:00Z") ==
        Json{{"a", "2026-01-31"}, {"b", "12:30:00"}, {"c", "2026-01-31T12:30:00Z"}});
}

TEST_CASE("toml.decode names line and column of what is wrong", "[toml]") {
  for (const char* text :
       {"a = ", "a = 1\na = 2", "[x", "a = inf", "a = 99999999999999999999", "a = \"\xff\""}) {
    INFO(text);
    const Error error = expect_error(Code::toml_invalid, [&] { decode(text); });
    INFO(error.message);
    CHECK_THAT(error.message, ContainsSubstring("x.toml:"));
    CHECK(error.detail["line"].get<int>() >= 1);
  }
}
