#include "tests/catch.h"
#include "tests/lua/driver.h"

using namespace runbook;
using namespace runbook::lua;

TEST_CASE("What could reach the world or the host does not exist in recipes", "[lua]") {
  for (const char* name :
       {"io", "os", "debug", "ffi", "jit", "package", "loadfile", "dofile", "loadstring",
        "collectgarbage", "getfenv", "setfenv", "newproxy", "_G", "module", "gcinfo"}) {
    CAPTURE(name);
    const Error error = error_of(std::string("return ") + name);
    CHECK(error.code == Code::unknown_global);
    CHECK_FALSE(error.hint.empty());
  }
  CHECK(value_of("return string.dump == nil and math.randomseed ~= nil").get<bool>());
}

TEST_CASE("An unknown variable is named with its line and the nearest name", "[lua]") {
  const Error error = error_of("local x = 1\nreturn tostrng(x)");
  CHECK(error.code == Code::unknown_global);
  CHECK(error.message ==
        "recipes/test.lua:2: there is no variable \"tostrng\"; did you mean \"tostring\"?");
  CHECK(error.detail == Json{{"file", "recipes/test.lua"}, {"line", 2}});
}

TEST_CASE("Assigning a global is refused, also one that exists", "[lua]") {
  const Error error = error_of("local a = 1\n\ncount = a");
  CHECK(error.code == Code::global_write);
  CHECK(error.message ==
        "recipes/test.lua:3: \"count\" is assigned, but no local of this name is in reach");
  CHECK(error_of("print = nil").code == Code::global_write);
  CHECK(error_of("function helper() end").code == Code::global_write);
}

TEST_CASE("Libraries are read-only", "[lua]") {
  CHECK_THAT(error_of("string.trim = 1").message,
             ContainsSubstring("recipes/test.lua:1: string.trim cannot be assigned"));
  CHECK_THAT(error_of("rawset(table, 'x', 1)").message, ContainsSubstring("read-only"));
}

TEST_CASE("math.random points to random()", "[lua]") {
  const Error error = error_of("local x = math.random(6)");
  CHECK_THAT(error.message, ContainsSubstring("recipes/test.lua:1: math.random"));
  CHECK_THAT(error.hint, ContainsSubstring("random()"));
}

TEST_CASE("Addresses are masked wherever a value becomes text", "[lua]") {
  CHECK(value_of("return tostring({})") == "table");
  CHECK(value_of("return tostring(print)") == "function");
  CHECK(value_of("return string.format('%s %5s|%d%%', {}, print, 3)") == "table function|3%");
  CHECK(value_of("return ('%s'):format({})") == "table");
  CHECK_THAT(error_of("return ('%p'):format({})").message, ContainsSubstring("%p"));
  CHECK(value_of("return tostring(setmetatable({}, {__tostring = function() return 'me' end}))") ==
        "me");
}

TEST_CASE("Bytecode does not load", "[lua]") {
  CHECK(value_of("local f, why = load('\\27LJ\\2') return f == nil and why ~= nil").get<bool>());
  CHECK(value_of("return load('return 1 + 1')()") == 2);
  CHECK(error_of("\x1bLJ").code == Code::recipe_syntax);
}

TEST_CASE("print goes to the host as one line", "[lua]") {
  std::string printed;
  Driver driver({}, {.print = [&](std::string_view line) { printed = line; }});
  REQUIRE_FALSE(driver.run("print('a', 1, nil, {}, true)").error);
  CHECK(printed == "a\t1\tnil\ttable\ttrue");
}

TEST_CASE("Metatables of the engine are neither shown nor changed", "[lua]") {
  CHECK(value_of("return getmetatable('') == nil").get<bool>());
  CHECK(value_of("return getmetatable(string) == nil").get<bool>());
  CHECK_THAT(error_of("setmetatable(string, {})").message, ContainsSubstring("protected"));
  CHECK(value_of("local mt = {} return getmetatable(setmetatable({}, mt)) == mt").get<bool>());
}

TEST_CASE("pairs and next go in sorted key order", "[lua]") {
  const char* walk = R"(
    local t = { z = 1, a = 2, [10] = 3, [2] = 4, [1] = 5, [-1] = 6, [0.5] = 7, [true] = 8,
                [false] = 9, m = 10 }
    local keys = {}
    for k in WALK do keys[#keys + 1] = tostring(k) end
    return table.concat(keys, ' '))";
  for (const char* how : {"pairs(t)", "next, t"}) {
    std::string source = walk;
    source.replace(source.find("WALK"), 4, how);
    CHECK(value_of(source) == "-1 0.5 1 2 10 a m z false true");
  }
}

TEST_CASE("pairs walks lists in order and gives their values", "[lua]") {
  CHECK(value_of(R"(
    local out = {}
    for i, v in pairs({ 'a', 'b', 'c' }) do out[#out + 1] = i .. v end
    return table.concat(out))") == "1a2b3c");
  CHECK(value_of("for _ in pairs({}) do return 'entered' end return 'empty'") == "empty");
  CHECK(value_of("for k, v in pairs({ only = 1 }) do return k .. v end") == "only1");
}

TEST_CASE("Fields may be changed and removed while a table is walked", "[lua]") {
  CHECK(value_of(R"(
    local t = { a = 1, b = 2, c = 3, d = 4 }
    local seen = ''
    for k, v in pairs(t) do
      seen = seen .. k .. v
      t.c = nil
      t.d = 9
    end
    return seen)") == "a1b2d9");
}

TEST_CASE("A table with tables as keys has no order", "[lua]") {
  const Error error = error_of("for _ in pairs({ [{}] = 1, [{}] = 2 }) do end");
  CHECK_THAT(error.message,
             ContainsSubstring("recipes/test.lua:1: a table that has a table as a key"));
}

TEST_CASE("An await passes through a coroutine of the recipe", "[lua]") {
  Driver driver;
  driver.define("await", await_value);
  driver.answer = "answered";
  const Result result = driver.run(R"(
    local co = coroutine.wrap(function(first)
      local got = await('question')
      local second = coroutine.yield(first .. got)
      return second .. await('more')
    end)
    return { co('a-'), co('b-') })");
  CHECK(result.message() == "no error");
  CHECK(result.value == Json::array({"a-answered", "b-answered"}));
  CHECK(driver.awaited == std::vector<Json>{"question", "more"});
}

TEST_CASE("An await passes through pcall and two coroutines", "[lua]") {
  Driver driver;
  driver.define("await", await_value);
  driver.answer = 7;
  const Result result = driver.run(R"(
    local inner = coroutine.create(function() return await('deep') end)
    local outer = coroutine.create(function() return select(2, coroutine.resume(inner)) end)
    local ok, resumed, value = pcall(coroutine.resume, outer)
    return { ok, resumed, value, coroutine.status(inner) })");
  CHECK(result.value == Json::array({true, true, 7, "dead"}));
}

TEST_CASE("xpcall gives the error to its handler, which may wait", "[lua]") {
  Driver driver;
  driver.define("await", await_value);
  driver.answer = "handled";
  const Result result = driver.run(R"(
    local ok, value = xpcall(function(a) error(a, 0) end, function(e) return e .. await() end, 'x-')
    local good, one, two = xpcall(function(...) return ... end, print, 1, 2)
    return { ok, value, good, one, two })");
  CHECK(result.value == Json::array({false, "x-handled", true, 1, 2}));
}

TEST_CASE("coroutine.yield outside a coroutine of the recipe is refused", "[lua]") {
  CHECK_THAT(error_of("coroutine.yield(1)").message, ContainsSubstring("coroutine.yield outside"));
  CHECK(value_of("return coroutine.isyieldable()") == false);
}

TEST_CASE("Waiting inside table.sort or a gsub callback is RB1204 with its line", "[lua]") {
  for (const char* source : {"local t = { 2, 1 }\ntable.sort(t, function(a, b) await() end)",
                             "local s = 'x'\nreturn (s:gsub('.', function() await() end))"}) {
    Driver driver;
    driver.define("await", await_value);
    const Result result = driver.run(source);
    REQUIRE(result.error);
    CHECK(result.error->code == Code::cannot_wait_here);
    CHECK_THAT(result.message(), ContainsSubstring("recipes/test.lua:2"));
  }
}
