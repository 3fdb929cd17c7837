#pragma once
// The primitives of this module, by the file that declares them.

#include <vector>

#include "engine/lua/module.h"

namespace runbook {

std::vector<Function> address_functions();  ///< address_functions.cc
std::vector<Function> abi_functions();      ///< abi_functions.cc

}  // namespace runbook
