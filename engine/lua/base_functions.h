#pragma once
// The basic functions that differ from LuaJIT's: no addresses, no bytecode, no metatables of ours.
// Internal to engine/lua.

struct lua_State;

namespace runbook::lua {

int masked_tostring(lua_State* L);  ///< tables and functions give their kind, not an address
int host_print(lua_State* L);       ///< to the host: stdout belongs to results
int load_text(lua_State* L);        ///< load(text, name?): no bytecode, no reader function
int filled_rawget(lua_State* L);
int filled_rawset(lua_State* L);
int open_getmetatable(lua_State* L);  ///< of recipes' tables only: ours are not shown
int open_setmetatable(lua_State* L);
/// Upvalue 1: LuaJIT's own string.format.
int masked_format(lua_State* L);

}  // namespace runbook::lua
