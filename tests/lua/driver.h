#pragma once
// Runs Lua in a fresh sandbox, as the scheduler would: in a thread of its own, resumed until it
// ends.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <luajit-2.1/lua.hpp>

#include "engine/base/error.h"
#include "engine/lua/error_value.h"
#include "engine/lua/lazy.h"
#include "engine/lua/sandbox.h"
#include "engine/lua/state.h"
#include "engine/lua/values.h"

namespace runbook::lua {

/// What one script came to.
struct Result {
  Json value;  ///< of the first thing it returned
  std::optional<Error> error;
  std::string message() const { return error ? error->message : "no error"; }
};

class Driver {
 public:
  explicit Driver(Limits limits = {}, Hooks hooks = {}) : state(limits, std::move(hooks)) {}

  /// Resumes `thread`, answering every await with `answer`.
  Result drive(lua_State* thread, int arguments = 0) {
    Result result;
    int status = resume(thread, arguments);
    while (status == LUA_YIELD) {
      if (!is_await_tag(thread, 1)) {
        throw Error(Code::internal, "a yield without the tag reached the scheduler");
      }
      awaited.push_back(lua_gettop(thread) > 1 ? to_json(thread, 2, "awaited") : Json(nullptr));
      lua_settop(thread, 0);
      push(thread, answer);
      status = resume(thread, 1);
    }
    if (status != 0) {
      result.error = state.failure(thread);
    } else if (lua_gettop(thread) > 0) {
      result.value = to_json(thread, 1, "result");
    }
    return result;
  }

  Result run(std::string_view source, const std::string& chunk = "@recipes/test.lua") {
    lua_State* thread = lua_newthread(state.main());
    try {
      state.compile(thread, source, chunk);
      Result result = drive(thread);
      lua_settop(state.main(), 0);
      return result;
    } catch (const Error& error) {
      lua_settop(state.main(), 0);
      return {nullptr, error};
    }
  }

  /// Makes a C function a global.
  void define(const char* name, lua_CFunction function) {
    lua_pushcfunction(state.main(), function);
    state.set_global(name);
  }

  State state;
  Json answer = nullptr;
  std::vector<Json> awaited;

 private:
  int resume(lua_State* thread, int arguments) {
    const State::Inside inside(state, thread);
    return lua_resume(thread, arguments);
  }
};

/// A primitive that waits: yields its argument to the scheduler and returns the answer.
inline int await_value(lua_State* L) {
  lua_settop(L, 1);
  push_await_tag(L);
  lua_insert(L, 1);
  return lua_yield(L, 2);
}

/// What a script returns in a fresh sandbox; fails the test if it raises.
inline Json value_of(std::string_view source) {
  Driver driver;
  const Result result = driver.run(source);
  if (result.error) {
    throw *result.error;
  }
  return result.value;
}

/// What a script raises in a fresh sandbox.
inline Error error_of(std::string_view source) {
  Driver driver;
  const Result result = driver.run(source);
  return result.error.value_or(Error(Code::internal, "no error was raised"));
}

}  // namespace runbook::lua
