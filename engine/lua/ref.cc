#include "engine/lua/ref.h"

#include <lua.hpp>

namespace runbook::lua {

Ref::Ref(lua_State* main, lua_State* L, int index) {
  lua_pushvalue(L, index);
  const int id = luaL_ref(L, LUA_REGISTRYINDEX);
  id_ = std::shared_ptr<int>(new int(id), [main](const int* held) {
    luaL_unref(main, LUA_REGISTRYINDEX, *held);
    delete held;
  });
}

void Ref::push(lua_State* L) const {
  if (id_ == nullptr) {
    lua_pushnil(L);
  } else {
    lua_rawgeti(L, LUA_REGISTRYINDEX, *id_);
  }
}

}  // namespace runbook::lua
