#include "engine/lua/scheduler.h"

#include <optional>
#include <utility>

#include <lua.hpp>

#include "engine/base/secret.h"
#include "engine/lua/error_value.h"
#include "engine/lua/sandbox.h"
#include "engine/lua/state.h"

namespace runbook::lua {

namespace {

// Turns a function that returns (true, results…) or (false, error) into one that raises: in Lua,
// because a C function that waited cannot raise when it goes on.
constexpr std::string_view kRaising = R"(
local function finish(ok, ...)
  if ok then return ... end
  error((...), 0)
end
return function(raw) return function(...) return finish(raw(...)) end end
)";

}  // namespace

Scheduler::Scheduler(State& state, const SecretVault* vault) : state_(state), vault_(vault) {
  lua_State* L = state.main();
  state.compile(L, kRaising, "=runbook");
  state.call(L, 0, 1);
  raising_ = Ref(L, L, -1);
  lua_pop(L, 1);
}

void Scheduler::make_raising(lua_State* L) {
  raising_.push(L);
  lua_insert(L, -2);
  state_.call(L, 1, 1);
}

int Scheduler::resume(lua_State* L, int arguments, Scope& scope) {
  Scope* outer = std::exchange(current_, &scope);
  int status = 0;
  {
    const State::Inside inside(state_, L);
    status = lua_resume(L, arguments);
  }
  current_ = outer;
  return status;
}

int Scheduler::await(lua_State* L, Operation operation) {
  if (lua_isyieldable(L) == 0) {
    return at_once(L, [](lua_State*) -> int {
      throw Error(Code::cannot_wait_here,
                  "the recipe waits inside a C function (a comparator of table.sort, a callback of "
                  "string.gsub)")
          .with_effect(EffectDone::none);
    });
  }
  pending_ = std::move(operation);
  push_await_tag(L);
  return lua_yield(L, 1);
}

void Scheduler::push_concealed(lua_State* L, Error error) const {
  if (vault_ != nullptr) {
    error.message = vault_->conceal(error.message);
    error.hint = vault_->conceal(error.hint);
    error.detail = vault_->conceal(error.detail);
  }
  push_error(L, error);
}

int Scheduler::at_once(lua_State* L, const std::function<int(lua_State*)>& work) {
  std::optional<Error> failure;
  const int before = lua_gettop(L);
  lua_pushboolean(L, 1);
  try {
    return 1 + work(L);
  } catch (const Error& error) {
    failure = error;
  }
  lua_settop(L, before);
  failure->set_position(where(L));
  lua_pushboolean(L, 0);
  push_concealed(L, std::move(*failure));
  return 2;
}

Task<void> Scheduler::run(Ref function, Scope& scope, Push arguments, Take take) {
  lua_State* main = state_.main();
  lua_State* L = lua_newthread(main);
  const Ref alive(main, main, -1);
  lua_pop(main, 1);
  function.push(L);
  int count = 0;
  if (arguments) {
    count = arguments(L);
  }
  for (;;) {
    const int status = resume(L, count, scope);
    if (status == 0) {
      if (take) {
        take(L, lua_gettop(L));
      }
      co_return;
    }
    if (status != LUA_YIELD) {
      throw state_.failure(L);
    }
    Operation operation = std::exchange(pending_, nullptr);
    if (!operation) {
      throw Error(Code::lua_error, "coroutine.yield outside a coroutine of the recipe")
          .with_effect(EffectDone::none);
    }
    lua_settop(L, 0);
    Push results;
    std::optional<Error> failure;
    try {
      Task<Push> task = operation(scope);
      results = co_await std::move(task);
    } catch (const Error& error) {
      failure = error;
    }
    if (failure) {
      failure->set_position(where(L));
    }
    if (scope.cancel->requested()) {
      throw Cancelled(scope.cancel->reason());
    }
    lua_pushboolean(L, failure ? 0 : 1);
    if (failure) {
      push_concealed(L, std::move(*failure));
      count = 2;
    } else {
      count = 1 + (results ? results(L) : 0);
    }
  }
}

}  // namespace runbook::lua
