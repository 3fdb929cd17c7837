#pragma once
// Fixed places in the Lua registry, taken by State before anything else can take a number there.
// Internal to engine/lua.

#include <luajit-2.1/lua.hpp>

namespace runbook::lua {

enum RegistrySlot : int {
  kArrayMetatable = 1,
  kBigintStruct,  ///< the FFI type, see bigint.cc
  kForeign,       ///< LuaJIT's ffi: for us alone, and its types live no longer than it
  kLazyMetatable,
  kErrorMetatables,  ///< a table of them, see error_value.cc
  kGlobals,          ///< name → value: what recipes may read
  kRegistrySlots = kGlobals
};

inline void push_slot(lua_State* L, RegistrySlot slot) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, slot);
}

/// True if the value at `index` has the metatable in `slot`.
inline bool has_metatable(lua_State* L, int index, RegistrySlot slot) {
  if (lua_getmetatable(L, index) == 0) {
    return false;
  }
  push_slot(L, slot);
  const bool same = lua_rawequal(L, -1, -2) != 0;
  lua_pop(L, 2);
  return same;
}

inline int absolute(lua_State* L, int index) {
  return index > 0 || index <= LUA_REGISTRYINDEX ? index : lua_gettop(L) + index + 1;
}

// Each fills its slots; called once by State.
void register_bigint(lua_State* L);
void register_lazy(lua_State* L);
void register_errors(lua_State* L);

}  // namespace runbook::lua
