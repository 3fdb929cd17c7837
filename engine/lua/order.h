#pragma once
// pairs and next in sorted key order: LuaJIT's own differs from process to process. Internal to
// engine/lua.
//
// Numbers ascending, then strings bytewise, then false and true, then null; keys without an order
// (tables, functions …) are an error. While a table is walked its fields may be changed and
// removed; new ones are not visited. Lazy tables and read-only views are walked as what they stand
// for.

struct lua_State;

namespace runbook::lua {

/// Replaces LuaJIT's own `next`, on top, by `pairs`: lists are walked by the original, which the
/// interpreter has an instruction for.
void push_sorted_pairs(lua_State* L);
/// Linear in the size of the table: pairs is the way to walk one.
void push_sorted_next(lua_State* L);

}  // namespace runbook::lua
