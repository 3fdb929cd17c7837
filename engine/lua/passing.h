#pragma once
// What goes from Lua into a primitive and what comes back: the same in a run and in the header
// pass.

#include <filesystem>
#include <string>

#include "engine/lua/module.h"
#include "engine/lua/values.h"

struct lua_State;

namespace runbook::lua {

/// The arguments on the stack, checked against the declaration. Throws Error (arguments.h).
Json read_arguments(lua_State* L, const std::string& name, const Function& function,
                    const std::filesystem::path& root);

/// A primitive that has nothing to say returns nil; null stands only inside what it returns.
void push_result(lua_State* L, const Json& result, Form form);

}  // namespace runbook::lua
