#include "engine/lua/base_functions.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/lua/error_value.h"
#include "engine/lua/lazy.h"
#include "engine/lua/registry.h"
#include "engine/lua/state.h"
#include "engine/lua/values.h"

namespace runbook::lua {
namespace {

/// Pushes the text of the value at `index`.
void push_text_of(lua_State* L, int index) {
  if (luaL_callmeta(L, index, "__tostring") != 0) {
    return;
  }
  switch (lua_type(L, index)) {
    case LUA_TNUMBER:
    case LUA_TSTRING:
      lua_pushvalue(L, index);
      lua_tolstring(L, -1, nullptr);
      break;
    case LUA_TBOOLEAN:
      lua_pushstring(L, lua_toboolean(L, index) != 0 ? "true" : "false");
      break;
    case LUA_TLIGHTUSERDATA:
      lua_pushstring(L, is_null(L, index) ? "null" : "userdata");
      break;
    default:
      lua_pushstring(L, luaL_typename(L, index));
      break;
  }
}

/// Metatables the engine gave: recipes neither see nor change them.
bool is_ours(lua_State* L, int index) {
  if (has_metatable(L, index, kArrayMetatable) || has_metatable(L, index, kLazyMetatable)) {
    return true;
  }
  if (push_viewed(L, index)) {
    lua_pop(L, 1);
    return true;
  }
  return false;
}

}  // namespace

int masked_tostring(lua_State* L) {
  luaL_checkany(L, 1);
  push_text_of(L, 1);
  return 1;
}

int host_print(lua_State* L) {
  const int count = lua_gettop(L);
  std::string line;
  for (int index = 1; index <= count; ++index) {
    push_text_of(L, index);
    std::size_t length = 0;
    const char* text = lua_tolstring(L, -1, &length);
    line.append(index > 1 ? "\t" : "").append(text == nullptr ? "" : text, length);
    lua_pop(L, 1);
  }
  const auto& print = State::of(L).hooks().print;
  if (print) {
    print(line);
  }
  return 0;
}

int load_text(lua_State* L) {
  std::size_t length = 0;
  const char* text = luaL_checklstring(L, 1, &length);
  const std::string name = std::string("=") + luaL_optstring(L, 2, "(load)");
  try {
    State::of(L).compile(L, std::string_view(text, length), name);
    return 1;
  } catch (const Error& error) {
    lua_pushnil(L);
    lua_pushlstring(L, error.message.data(), error.message.size());
    return 2;
  }
}

int filled_rawget(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkany(L, 2);
  lua_settop(L, 2);
  fill(L, 1);
  lua_rawget(L, 1);
  return 1;
}

int filled_rawset(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkany(L, 3);
  lua_settop(L, 3);
  if (push_viewed(L, 1)) {
    throw Error(Code::lua_error, located(L, "the table is read-only"))
        .with_effect(EffectDone::none);
  }
  fill(L, 1);
  lua_rawset(L, 1);
  return 1;
}

int open_getmetatable(lua_State* L) {
  luaL_checkany(L, 1);
  if (!lua_istable(L, 1) || is_ours(L, 1) || lua_getmetatable(L, 1) == 0) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushliteral(L, "__metatable");
  lua_rawget(L, -2);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
  }
  return 1;
}

int open_setmetatable(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argcheck(L, lua_isnoneornil(L, 2) || lua_istable(L, 2), 2, "nil or table expected");
  lua_settop(L, 2);
  fill(L, 1);
  const bool is_list = is_array(L, 1);
  if (push_viewed(L, 1) || (!is_list && luaL_getmetafield(L, 1, "__metatable") != 0)) {
    return luaL_error(L, "cannot change a protected metatable");
  }
  if (!lua_isnil(L, 2) || !is_list) {
    lua_setmetatable(L, 1);
  }
  lua_settop(L, 1);
  return 1;
}

int masked_format(lua_State* L) {
  std::size_t length = 0;
  const char* text = luaL_checklstring(L, 1, &length);
  const std::string_view format(text, length);
  const int count = lua_gettop(L);
  int argument = 1;
  for (std::size_t i = format.find('%'); i < format.size(); i = format.find('%', i + 1)) {
    i = format.find_first_not_of("-+ #0123456789.", i + 1);
    if (i == std::string_view::npos) {
      break;
    }
    if (format[i] == '%') {
      continue;
    }
    ++argument;
    if (format[i] == 'p') {
      return luaL_error(L, "string.format has no %%p here: addresses differ in every run");
    }
    if (format[i] == 's' && argument <= count && lua_type(L, argument) != LUA_TSTRING) {
      push_text_of(L, argument);
      lua_replace(L, argument);
    }
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, count, 1);
  return 1;
}

}  // namespace runbook::lua
