#include "engine/lua/error_value.h"

#include <fmt/format.h>

#include <array>
#include <cstring>

#include "engine/lua/registry.h"
#include "engine/lua/values.h"

namespace runbook::lua {
namespace {

constexpr std::array kEffects = {EffectDone::none, EffectDone::done, EffectDone::unknown};

/// What no field of the value says is said by which metatable it has.
int metatable_number(bool transient, EffectDone effect) {
  return 1 + static_cast<int>(effect) * 2 + (transient ? 1 : 0);
}

std::string field_text(lua_State* L, int index, const char* name) {
  lua_pushstring(L, name);
  lua_rawget(L, index);
  std::size_t length = 0;
  std::string text;
  if (lua_type(L, -1) == LUA_TSTRING) {
    const char* bytes = lua_tolstring(L, -1, &length);
    text.assign(bytes, length);
  }
  lua_pop(L, 1);
  return text;
}

void set_text(lua_State* L, const char* name, const std::string& text) {
  lua_pushlstring(L, text.data(), text.size());
  lua_setfield(L, -2, name);
}

/// "RB0612: process exited with 1"
void push_description(lua_State* L, int index) {
  const std::string code = field_text(L, index, "code");
  const std::string message = field_text(L, index, "message");
  const std::string text = code.empty() ? message : code + ": " + message;
  lua_pushlstring(L, text.data(), text.size());
}

int error_to_string(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  push_description(L, 1);
  return 1;
}

int error_concat(lua_State* L) {
  for (int index = 1; index <= 2; ++index) {
    if (lua_istable(L, index)) {
      push_description(L, index);
      lua_replace(L, index);
    } else if (lua_isstring(L, index) == 0) {
      return luaL_error(L, "attempt to join an error and %s", kind_of(L, index).data());
    }
  }
  lua_settop(L, 2);
  lua_concat(L, 2);
  return 1;
}

/// 0 if the table was not made by push_error.
int find_metatable_number(lua_State* L, int index) {
  if (lua_getmetatable(L, index) == 0) {
    return 0;
  }
  push_slot(L, kErrorMetatables);
  lua_pushvalue(L, -2);
  lua_rawget(L, -2);
  const int number = static_cast<int>(lua_tointeger(L, -1));
  lua_pop(L, 3);
  return number;
}

Error table_to_error(lua_State* L, int index) {
  const int number = find_metatable_number(L, index);
  const std::optional<Code> code = parse_code(field_text(L, index, "code"));
  std::string message = field_text(L, index, "message");
  if (!code && message.empty()) {
    message = "the recipe raised a table without a message";
  }
  Json detail = nullptr;
  lua_pushliteral(L, "detail");
  lua_rawget(L, index);
  if (!lua_isnil(L, -1)) {
    try {
      detail = to_json(L, -1, "detail");
    } catch (const Error& error) {  // the error itself matters more than what it drags along
      detail = {{"unreadable", error.message}};
    }
  }
  lua_pop(L, 1);
  Error error(code.value_or(Code::lua_error), std::move(message), field_text(L, index, "hint"),
              std::move(detail));
  error.path = field_text(L, index, "path");
  error.effect = EffectDone::none;
  if (number > 0) {
    error.effect = kEffects.at(static_cast<std::size_t>((number - 1) / 2));
    error.transient = (number - 1) % 2 == 1;
  }
  return error;
}

}  // namespace

void register_errors(lua_State* L) {
  push_slot(L, kErrorMetatables);
  for (const EffectDone effect : kEffects) {
    for (const bool transient : {false, true}) {
      const int number = metatable_number(transient, effect);
      lua_createtable(L, 0, 3);
      lua_pushcfunction(L, error_to_string);
      lua_setfield(L, -2, "__tostring");
      lua_pushcfunction(L, error_concat);
      lua_setfield(L, -2, "__concat");
      lua_pushvalue(L, -1);  // metatables → number for reading, number → metatable for making
      lua_pushinteger(L, number);
      lua_rawset(L, -4);
      lua_rawseti(L, -2, number);
    }
  }
  lua_pop(L, 1);
}

void push_error(lua_State* L, const Error& error) {
  luaL_checkstack(L, 6, "error value");
  lua_createtable(L, 0, 5);
  set_text(L, "code", code_text(error.code));
  set_text(L, "message", error.message);
  set_text(L, "hint", error.hint);
  if (!error.detail.is_null()) {
    push(L, error.detail);
    lua_setfield(L, -2, "detail");
  }
  if (!error.path.empty()) {
    set_text(L, "path", error.path);
  }
  push_slot(L, kErrorMetatables);
  lua_rawgeti(L, -1, metatable_number(error.transient, error.effect));
  lua_setmetatable(L, -3);
  lua_pop(L, 1);
}

Error to_error(lua_State* L, int index) {
  index = absolute(L, index);
  if (lua_istable(L, index)) {
    return table_to_error(L, index);
  }
  std::size_t length = 0;
  if (lua_type(L, index) == LUA_TSTRING || lua_type(L, index) == LUA_TNUMBER) {
    lua_pushvalue(L, index);  // lua_tolstring would turn a number into its text in place
    const char* text = lua_tolstring(L, -1, &length);
    Error error(Code::lua_error, std::string(text, length));
    lua_pop(L, 1);
    return error.with_effect(EffectDone::none);
  }
  return Error(Code::lua_error, fmt::format("the recipe raised {}", kind_of(L, index)))
      .with_effect(EffectDone::none);
}

void raise(lua_State* L, const Error& error) {
  push_error(L, error);
  raise_top(L);
}

void raise_top(lua_State* L) {
  lua_error(L);
  std::abort();  // lua_error does not return, but its declaration does not say so
}

void push_current_exception(lua_State* L) {
  try {
    throw;
  } catch (Error& error) {
    error.set_position(where(L));
    push_error(L, error);
  } catch (const std::exception& error) {
    push_error(L, Error(Code::internal, error.what()));
  }
}

std::string where(lua_State* L, int level) {
  lua_Debug record{};
  for (; lua_getstack(L, level, &record) != 0; ++level) {
    if (lua_getinfo(L, "Sl", &record) != 0 && record.source[0] == '@' && record.currentline > 0) {
      return fmt::format("{}:{}", record.source + 1, record.currentline);
    }
  }
  return {};
}

std::string located(lua_State* L, std::string_view text) {
  const std::string place = where(L);
  return place.empty() ? std::string(text) : fmt::format("{}: {}", place, text);
}

}  // namespace runbook::lua
