// The values that JSON and Lua do not share: null, the mark of arrays, read-only views.

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/lua/error_value.h"
#include "engine/lua/lazy.h"
#include "engine/lua/loader.h"
#include "engine/lua/registry.h"
#include "engine/lua/values.h"

namespace runbook::lua {
namespace {

// Marks the metatable of a read-only view; its value there is the table that is viewed.
char kViewed = 0;

int refuse_assignment(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  const std::string field =
      lua_type(L, 2) == LUA_TSTRING ? "." + std::string(lua_tostring(L, 2)) : "";
  throw Error(Code::lua_error, located(L, fmt::format("{}{} cannot be assigned: it is read-only",
                                                      lua_tostring(L, lua_upvalueindex(1)), field)))
      .with_effect(EffectDone::none);
}

/// array(t) → t, as a list even when it is empty; array() → a new one
int data_array(lua_State* L) {
  if (lua_isnoneornil(L, 1)) {
    lua_settop(L, 0);
    lua_newtable(L);
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  fill(L, 1);
  mark_array(L, 1);
  lua_settop(L, 1);
  return 1;
}

int data_is_array(lua_State* L) {
  lua_pushboolean(L, lua_istable(L, 1) && (is_array(L, 1) || lua_objlen(L, 1) > 0) ? 1 : 0);
  return 1;
}

int data_is_null(lua_State* L) {
  lua_pushboolean(L, is_null(L, 1) ? 1 : 0);
  return 1;
}

}  // namespace

void push_data_module(lua_State* L) {
  lua_createtable(L, 0, 4);
  push_null(L);
  lua_setfield(L, -2, "null");
  lua_pushcfunction(L, guarded<data_array>);
  lua_setfield(L, -2, "array");
  lua_pushcfunction(L, data_is_array);
  lua_setfield(L, -2, "is_array");
  lua_pushcfunction(L, data_is_null);
  lua_setfield(L, -2, "is_null");
}

void push_null(lua_State* L) {
  lua_pushlightuserdata(L, nullptr);
}

bool is_null(lua_State* L, int index) {
  return lua_isnoneornil(L, index) ||
         (lua_islightuserdata(L, index) && lua_touserdata(L, index) == nullptr);
}

void mark_array(lua_State* L, int index) {
  index = absolute(L, index);
  push_slot(L, kArrayMetatable);
  lua_setmetatable(L, index);
}

bool is_array(lua_State* L, int index) {
  return has_metatable(L, index, kArrayMetatable);
}

void push_read_only(lua_State* L, int index, const char* what) {
  index = absolute(L, index);
  lua_newtable(L);
  lua_createtable(L, 0, 3);
  lua_pushvalue(L, index);
  lua_setfield(L, -2, "__index");
  lua_pushstring(L, what);
  lua_pushcclosure(L, guarded<refuse_assignment>, 1);
  lua_setfield(L, -2, "__newindex");
  lua_pushlightuserdata(L, &kViewed);
  lua_pushvalue(L, index);
  lua_rawset(L, -3);
  lua_setmetatable(L, -2);
}

bool push_viewed(lua_State* L, int index) {
  if (lua_getmetatable(L, index) == 0) {
    return false;
  }
  lua_pushlightuserdata(L, &kViewed);
  lua_rawget(L, -2);
  lua_remove(L, -2);
  if (lua_istable(L, -1)) {
    return true;
  }
  lua_pop(L, 1);
  return false;
}

}  // namespace runbook::lua
