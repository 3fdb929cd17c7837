#include "engine/lua/order.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/lua/error_value.h"
#include "engine/lua/lazy.h"
#include "engine/lua/registry.h"
#include "engine/lua/values.h"

namespace runbook::lua {
namespace {

/// What a key is ordered by. `text` points into Lua's string, which the table keeps alive.
struct Key {
  int rank = 0;
  double number = 0;
  std::string_view text;
  std::uint32_t place = 0;  ///< in the list of keys

  bool operator<(const Key& other) const {
    if (rank != other.rank) {
      return rank < other.rank;
    }
    return rank == 1 ? text < other.text : number < other.number;
  }
};

Key key_at(lua_State* L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TNUMBER:
      return {0, lua_tonumber(L, index), {}, 0};
    case LUA_TSTRING: {
      std::size_t length = 0;
      const char* text = lua_tolstring(L, index, &length);
      return {1, 0, {text, length}, 0};
    }
    case LUA_TBOOLEAN:
      return {2, static_cast<double>(lua_toboolean(L, index)), {}, 0};
    default:
      if (is_null(L, index)) {
        return {3, 0, {}, 0};
      }
      throw Error(
          Code::lua_error,
          located(L, fmt::format("a table that has {} as a key cannot be walked: such keys have "
                                 "no order that is the same in every run",
                                 kind_of(L, index))))
          .with_effect(EffectDone::none);
  }
}

/// Puts the table to walk at index 1: filled, and behind a read-only view.
void prepare_table(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  fill(L, 1);
  if (push_viewed(L, 1)) {
    lua_replace(L, 1);
  }
}

/// True if LuaJIT walks this table as 1, 2, 3 … (or it has at most one key): then its own order is
/// ours.
bool walks_in_order(lua_State* L) {
  double expected = 1;
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TNUMBER || lua_tonumber(L, -1) != expected) {
      const bool only = expected == 1 && lua_next(L, 1) == 0;
      lua_settop(L, only ? lua_gettop(L) : 1);
      return only;
    }
    ++expected;
  }
  return true;
}

/// Upvalues: the table, the list of its keys, {position, count, places…}.
int next_of_walk(lua_State* L) {
  auto* walk = static_cast<std::uint32_t*>(lua_touserdata(L, lua_upvalueindex(3)));
  while (walk[0] < walk[1]) {
    lua_rawgeti(L, lua_upvalueindex(2), static_cast<int>(walk[2 + walk[0]++]));
    lua_pushvalue(L, -1);
    lua_rawget(L, lua_upvalueindex(1));
    if (!lua_isnil(L, -1)) {
      return 2;
    }
    lua_pop(L, 2);  // removed while walking
  }
  lua_pushnil(L);
  return 1;
}

void push_walk(lua_State* L) {
  std::vector<Key> keys;
  lua_pushvalue(L, 1);
  lua_newtable(L);
  const int list = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    lua_pop(L, 1);
    Key key = key_at(L, -1);
    key.place = static_cast<std::uint32_t>(keys.size() + 1);
    keys.push_back(key);
    lua_pushvalue(L, -1);
    lua_rawseti(L, list, static_cast<int>(key.place));
  }
  std::ranges::sort(keys, std::less<>());
  auto* walk =
      static_cast<std::uint32_t*>(lua_newuserdata(L, (keys.size() + 2) * sizeof(std::uint32_t)));
  walk[0] = 0;
  walk[1] = static_cast<std::uint32_t>(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    walk[2 + i] = keys[i].place;
  }
  lua_pushcclosure(L, next_of_walk, 3);
}

int pairs(lua_State* L) {
  prepare_table(L);
  lua_settop(L, 1);
  if (walks_in_order(L)) {
    lua_pushvalue(L, lua_upvalueindex(1));
  } else {
    push_walk(L);
  }
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

int next(lua_State* L) {
  prepare_table(L);
  lua_settop(L, 2);
  std::optional<Key> after;
  if (!lua_isnil(L, 2)) {
    after = key_at(L, 2);
  }
  std::optional<Key> best;  // its Lua value is at index 3
  lua_pushnil(L);
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    lua_pop(L, 1);
    const Key key = key_at(L, -1);
    if ((!after || *after < key) && (!best || key < *best)) {
      best = key;
      lua_pushvalue(L, -1);
      lua_replace(L, 3);
    }
  }
  lua_settop(L, 3);
  if (!best) {
    return 1;
  }
  lua_pushvalue(L, -1);
  lua_rawget(L, 1);
  return 2;
}

}  // namespace

void push_sorted_pairs(lua_State* L) {
  lua_pushcclosure(L, guarded<pairs>, 1);
}
void push_sorted_next(lua_State* L) {
  lua_pushcfunction(L, guarded<next>);
}

}  // namespace runbook::lua
