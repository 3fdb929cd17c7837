#pragma once
// For `runbook doctor`.

#include <string>

namespace runbook::lua {

std::string version();  ///< "LuaJIT 2.1.0-beta3"

}  // namespace runbook::lua
