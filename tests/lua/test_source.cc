#include "engine/lua/lexer.h"
#include "engine/lua/source.h"
#include "tests/catch.h"
#include "tests/lua/driver.h"

using namespace runbook;
using namespace runbook::lua;

namespace {

/// What is known about the function that `source` returns.
FunctionSource source_of(const std::string& source) {
  State state;
  lua_State* L = state.main();
  state.compile(L, source, "@recipes/x.lua");
  state.call(L, 0, 1);
  return state.sources().of(L, -1);
}

}  // namespace

TEST_CASE("A function's hash covers its text and nothing around it", "[lua]") {
  const FunctionSource plain = source_of("local name = 'a'\nreturn function()\n  return 1\nend");
  CHECK(plain.position == "recipes/x.lua:2");
  CHECK(plain.hash != 0);
  CHECK(source_of("-- moved\n\nlocal other = 'b'\nreturn function()\n  return 1\nend").hash ==
        plain.hash);
  CHECK(source_of("return function()\n  return 2\nend").hash != plain.hash);
  const std::string renamed =
      "local function step(name, fn) return fn end\nreturn step('NAME', function()\n  return "
      "1\nend)";
  std::string first = renamed;
  first.replace(first.find("NAME"), 4, "old");
  std::string second = renamed;
  second.replace(second.find("NAME"), 4, "new");
  CHECK(source_of(first).hash == plain.hash);
  CHECK(source_of(second).hash == plain.hash);
}

TEST_CASE("Two functions that begin on one line have no hash", "[lua]") {
  const FunctionSource two = source_of("local f = function() end return function() return 1 end");
  CHECK(two.position == "recipes/x.lua:1");
  CHECK(two.hash == 0);
  CHECK(source_of(
            "return function() -- function function\n  return 'function' .. [[ function ]]\nend")
            .hash != 0);
}

TEST_CASE("A function that comes from no file has no position", "[lua]") {
  State state;
  lua_pushcfunction(state.main(), await_value);
  CHECK(state.sources().of(state.main(), -1).position.empty());
}

TEST_CASE("The end of a function is found behind blocks, strings and comments", "[lua]") {
  const std::string body = R"(function(a)
    if a then for i = 1, 2 do while true do break end end elseif b then repeat until x else end
    local s = "end \" end" .. 'end\\' .. [==[ end ]] end ]==] -- end
    --[[ end
    end ]]
    local inner = function() end
    do end
  end)";
  const std::string source = "local x = 1 --[==[ function ]==]\nreturn " + body + " end end";
  const auto functions = find_functions(source);
  REQUIRE(functions.size() == 2);
  CHECK(functions[0].line == 2);
  CHECK(source.substr(functions[0].begin, functions[0].end - functions[0].begin) == body);
  CHECK(functions[1].line == 7);
}
