#include "engine/lua/version.h"

#include <luajit-2.1/luajit.h>

namespace runbook::lua {

std::string version() {
  return LUAJIT_VERSION;
}

}  // namespace runbook::lua
