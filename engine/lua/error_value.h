#pragma once
// Errors in Lua: a table { code = "RB0612", message, hint, detail, path } with __tostring. Both
// ways, so that a caught error raised again keeps its code, message, path, transience and effect.

#include <string>
#include <string_view>

#include "engine/base/error.h"

struct lua_State;

namespace runbook::lua {

/// Pushes the error value. Transience and effect ride in the metatable: they are no fields.
void push_error(lua_State* L, const Error& error);
/// Whatever was raised, as an Error. A table with a `code` of ours or made by push_error keeps its
/// fields; other tables and values become Code::lua_error. Looks at the value only: State::failure
/// adds what the thread knows.
Error to_error(lua_State* L, int index);
/// push_error and lua_error. C++ destructors run.
[[noreturn]] void raise(lua_State* L, const Error& error);
/// "recipes/x.lua:12" of the innermost running function that came from a file; "" if none.
/// `level` 0 is the current one.
std::string where(lua_State* L, int level = 0);
/// "recipes/x.lua:12: text"; only the text where no place is known (a tail call).
std::string located(lua_State* L, std::string_view text);

/// Inside a handler for std::exception: pushes its error value.
void push_current_exception(lua_State* L);
/// lua_error, with the value on top.
[[noreturn]] void raise_top(lua_State* L);

/// Makes a C function of `function`, which may throw: Error becomes an error value, any other
/// std::exception Code::internal. The only way C++ exceptions meet Lua.
template <int (*function)(lua_State*)>
int guarded(lua_State* L) {
  try {
    return function(L);
  } catch (const std::exception&) {  // never (...): that would catch Lua's own errors
    push_current_exception(L);
  }
  raise_top(L);
}

}  // namespace runbook::lua
