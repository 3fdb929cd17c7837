#include "engine/lua/lazy.h"

#include "engine/base/error.h"
#include "engine/lua/error_value.h"
#include "engine/lua/registry.h"
#include "engine/lua/value_builder.h"

namespace runbook::lua {
namespace {

// Key of the text in a table that has not filled itself yet: no recipe can name it.
char kText = 0;

int lazy_index(lua_State* L) {
  fill(L, 1);
  lua_settop(L, 2);
  lua_rawget(L, 1);
  return 1;
}

int lazy_newindex(lua_State* L) {
  fill(L, 1);
  lua_settop(L, 3);
  lua_rawset(L, 1);
  return 0;
}

/// An object that holds no tag and no escaped key at its front; those are rare and parsed at once.
bool fills_later(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || text[start] != '{') {
    return false;
  }
  const std::size_t first = text.find_first_not_of(" \t\r\n", start + 1);
  return !text.substr(first == std::string_view::npos ? text.size() : first).starts_with("\"$");
}

}  // namespace

void register_lazy(lua_State* L) {
  push_slot(L, kLazyMetatable);
  lua_pushcfunction(L, guarded<lazy_index>);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, guarded<lazy_newindex>);
  lua_setfield(L, -2, "__newindex");
  lua_pop(L, 1);
}

void push_lazy(lua_State* L, const RawJson& value) {
  if (value.empty() || value.text() == "null") {
    lua_pushnil(L);
    return;
  }
  if (!fills_later(value.text())) {
    push_text(L, value.text());
    return;
  }
  luaL_checkstack(L, 4, "value");
  lua_createtable(L, 0, 1);
  lua_pushlightuserdata(L, &kText);
  lua_pushlstring(L, value.text().data(), value.text().size());
  lua_rawset(L, -3);
  push_slot(L, kLazyMetatable);
  lua_setmetatable(L, -2);
}

void fill(lua_State* L, int index) {
  if (!has_metatable(L, index, kLazyMetatable)) {
    return;
  }
  index = absolute(L, index);
  luaL_checkstack(L, 6, "value");
  lua_pushlightuserdata(L, &kText);
  lua_rawget(L, index);
  std::size_t length = 0;
  const char* text = lua_tolstring(L, -1, &length);  // the stack keeps it alive
  // Still lazy while it parses: a text that is not JSON must fail again at the next use.
  ValueBuilder(L, Form::stored, index).parse({text, length});
  lua_pushnil(L);
  lua_setmetatable(L, index);
  lua_pushlightuserdata(L, &kText);
  lua_pushnil(L);
  lua_rawset(L, index);
  lua_pop(L, 2);
}

}  // namespace runbook::lua
