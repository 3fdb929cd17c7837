#pragma once
// The one door into Lua: runs functions of the recipe as coroutines and lets them wait for C++
// coroutines.
//
// A C function that must wait calls `return scheduler.await(L, operation)`: the Lua coroutine
// yields, `run` (a C++ coroutine, one per Lua coroutine) awaits the operation and resumes Lua with
// what it left. Cancellation is structural: a cancelled operation throws through `run`, and the Lua
// coroutine is dropped without passing any pcall of the recipe.

#include <functional>

#include "engine/io/loop.h"
#include "engine/lua/ref.h"
#include "engine/step/scope.h"

struct lua_State;

namespace runbook {
class SecretVault;
struct Error;
}  // namespace runbook

namespace runbook::lua {

class State;

class Scheduler {
 public:
  /// `vault` conceals what it knows in every error: Lua never has a secret's value. Null where
  /// there are no secrets yet.
  Scheduler(State& state, const SecretVault* vault);

  /// Pushes values and returns how many.
  using Push = std::function<int(lua_State* L)>;
  /// Runs in the scope of the caller; what it returns is pushed as the results of the C function
  /// that awaits.
  using Operation = std::function<Task<Push>(Scope& scope)>;
  /// Reads `count` values from the top of the stack.
  using Take = std::function<void(lua_State* L, int count)>;

  /// Runs `function` in a coroutine of its own until it returns. A Lua error becomes an Error;
  /// Cancelled, SessionStop and the other unwinds of its operations pass through. `take` may be
  /// empty.
  Task<void> run(Ref function, Scope& scope, Push arguments, Take take);

  /// REQUIRES: called from a C function as `return await(…)`. The C function's results in Lua are
  /// then (true, results…) or (false, error); the Lua face in globals raises the latter. Where Lua
  /// cannot yield it returns (false, RB1204) at once.
  int await(lua_State* L, Operation operation);

  /// Pushes (true, results…) or (false, error) for work that need not wait.
  int at_once(lua_State* L, const std::function<int(lua_State*)>& work);

  /// Replaces the C function on top of the stack, which ends in await or at_once, by one that
  /// raises its errors.
  void make_raising(lua_State* L);

  /// The scope of the code that is running. REQUIRES: inside Lua.
  Scope& scope() { return *current_; }
  State& state() { return state_; }

 private:
  int resume(lua_State* L, int arguments, Scope& scope);

  void push_concealed(lua_State* L, Error error) const;

  State& state_;
  const SecretVault* vault_;
  Scope* current_ = nullptr;
  Operation pending_;
  Ref raising_;
};

}  // namespace runbook::lua
