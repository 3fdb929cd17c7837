#pragma once
// What recipes may name. The list is in sandbox.cc: what is not on it does not exist.

struct lua_State;

namespace runbook::lua {

class State;

/// Applied by State. Replaces the globals by the allow-list; reading an unknown one is RB0302 with
/// the nearest name, assigning any is RB0303; print, tostring, pairs, next, coroutine, load … are
/// ours.
void apply_sandbox(State& state);

/// Every yield that is meant for the scheduler has this as its first value:
///   push_await_tag(L); … more values …; return lua_yield(L, count);
/// so that an await inside a coroutine of the recipe passes through it. What the scheduler resumes
/// with is what the yield returns. The awaiting `L` may thus be a coroutine of the recipe: the
/// scheduler knows its task by itself, not by `L`.
void push_await_tag(lua_State* L);
/// True if the value at `index` of a thread that yielded is the tag. The wrapped coroutine.yield
/// refuses to yield outside a coroutine of the recipe, so anything else is a bug.
bool is_await_tag(lua_State* L, int index);

}  // namespace runbook::lua
