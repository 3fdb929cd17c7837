#pragma once
// Bigints in Lua (engine/base/bigint.h): the global `bigint`, its operators and methods. Internal
// to engine/lua.

#include <optional>

#include "engine/base/bigint.h"

struct lua_State;

namespace runbook::lua {

void push_bigint(lua_State* L, const Bigint& value);
/// Nothing if the value is no bigint.
std::optional<Bigint> to_bigint(lua_State* L, int index);

/// bigint(value, unit?): of a bigint, a whole number, or text; `unit` is a name or a number of
/// decimals.
int make_bigint(lua_State* L);

}  // namespace runbook::lua
