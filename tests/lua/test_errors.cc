#include "tests/catch.h"
#include "tests/lua/driver.h"

using namespace runbook;
using namespace runbook::lua;

namespace {

int fail_with_exit_one(lua_State* L) {
  static_cast<void>(L);
  Error error(Code::process_failed, "process exited with 1", "look at the log", {{"exit", 1}});
  error.path = "deploy";
  throw error.with_transient().with_effect(EffectDone::done);
}

int fail_with_a_bug(lua_State*) {
  throw std::runtime_error("not ours");
}

Driver& failing_driver() {
  static Driver driver;
  driver.define("run", guarded<fail_with_exit_one>);
  driver.define("bug", guarded<fail_with_a_bug>);
  return driver;
}

}  // namespace

TEST_CASE("An error of a primitive is a table a recipe can look into", "[lua]") {
  const Result result = failing_driver().run(R"(
    local ok, e = pcall(run)
    return { ok, e.code, e.message, e.hint, e.detail.exit, e.path, tostring(e), 'because ' .. e })");
  CHECK(result.message() == "no error");
  CHECK(result.value ==
        Json::array({false, "RB0612", "process exited with 1", "look at the log", 1, "deploy",
                     "RB0612: process exited with 1", "because RB0612: process exited with 1"}));
}

TEST_CASE("A caught error raised again is the same error", "[lua]") {
  for (const char* source :
       {"run()", "local ok, e = pcall(run) error(e)", "local co = coroutine.wrap(run) co()"}) {
    CAPTURE(source);
    const Result result = failing_driver().run(source);
    REQUIRE(result.error);
    CHECK(result.error->code == Code::process_failed);
    CHECK(result.error->message == "process exited with 1");
    CHECK(result.error->hint == "look at the log");
    CHECK(result.error->detail["exit"] == 1);
    CHECK(result.error->path == "deploy");
    CHECK(result.error->transient);
    CHECK(result.error->effect == EffectDone::done);
  }
}

TEST_CASE("A copy of an error keeps its code, other tables their message", "[lua]") {
  const Error copy = error_of("error({ code = 'RB0612', message = 'as before', path = 'a/b' })");
  CHECK(copy.code == Code::process_failed);
  CHECK(copy.message == "as before");
  CHECK(copy.path == "a/b");
  const Error own = error_of("error({ message = 'mine', detail = { n = 1 } })");
  CHECK(own.code == Code::lua_error);
  CHECK(own.message == "mine");
  CHECK(own.detail == Json{{"n", 1}});
  CHECK(error_of("error({})").message == "the recipe raised a table without a message");
  CHECK(error_of("error(nil)").message == "the recipe raised nil");
  CHECK(error_of("error(42, 0)").message == "42");
}

TEST_CASE("An error of Lua's own says file and line and carries its traceback", "[lua]") {
  const Error error = error_of("local t\nlocal function f()\n  return t.x\nend\nlocal y = f()");
  CHECK(error.code == Code::lua_error);
  CHECK_THAT(error.message, ContainsSubstring("recipes/test.lua:3: attempt to index upvalue 't'"));
  CHECK(error.detail["file"] == "recipes/test.lua");
  CHECK(error.detail["line"] == 3);
  CHECK_THAT(error.detail["traceback"].get<std::string>(), ContainsSubstring("recipes/test.lua:5"));
  CHECK(error.effect == EffectDone::none);
}

TEST_CASE("An error without a place in its text still knows file and line", "[lua]") {
  const Error error = error_of("local x = 1\nlocal f = error f('no place', 0)\nlocal y = 2");
  CHECK(error.message == "no place");
  CHECK(error.detail["line"] == 2);
}

TEST_CASE("A message names the whole path of a file, however long it is", "[lua]") {
  const std::string file = "recipes/" + std::string(80, 'a') + "/deploy.lua";
  Driver driver;
  CHECK(driver.run("error('no')", "@" + file).message() == file + ":1: no");
  CHECK(driver.run("x = = 1", "@" + file).message().starts_with(file + ":1: "));
}

TEST_CASE("A recipe that is not Lua is RB0202 with its line", "[lua]") {
  const Error error = error_of("local x = 1\nlocal y = = 2");
  CHECK(error.code == Code::recipe_syntax);
  CHECK_THAT(error.message, ContainsSubstring("recipes/test.lua:2: unexpected symbol"));
  CHECK(error.detail == Json{{"file", "recipes/test.lua"}, {"line", 2}});
}

TEST_CASE("A first line for the shell is no Lua, and the lines keep their numbers", "[lua]") {
  CHECK(error_of("#!/usr/bin/env runbook\nerror('second')").message ==
        "recipes/test.lua:2: second");
}

TEST_CASE("An exception that is not ours becomes an internal error", "[lua]") {
  const Result result = failing_driver().run("bug()");
  REQUIRE(result.error);
  CHECK(result.error->code == Code::internal);
  CHECK(result.error->message == "not ours");
}

TEST_CASE("Setup that fails throws what it raised", "[lua]") {
  const State state_owner;
  State state;
  lua_State* L = state.main();
  state.compile(L, "return ...", "=setup");
  lua_pushinteger(L, 5);
  state.call(L, 1, 1);
  CHECK(lua_tointeger(L, -1) == 5);
  state.compile(L, "error('broken')", "=setup");
  CHECK_THROWS_AS(state.call(L, 0, 0), Error);
  CHECK(lua_gettop(L) == 1);
}
