#pragma once
// Recorded results that are parsed when the recipe reads them.

#include "engine/base/json.h"

struct lua_State;

namespace runbook::lua {

/// Pushes a stored result. An object becomes a table that fills itself at the first index,
/// assignment, pairs, next or to_json, and is a plain table from then on; anything else is parsed
/// at once. Absent (empty) is nil. Error(Code::journal_corrupt) at once for scalars and arrays, as
/// an error in Lua at the first use for objects.
void push_lazy(lua_State* L, const RawJson& value);
/// Fills the table at `index` if it is a lazy one.
void fill(lua_State* L, int index);

}  // namespace runbook::lua
