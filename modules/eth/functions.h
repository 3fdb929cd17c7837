#pragma once
// The primitives of this module, by the file that declares them.

#include <vector>

#include "engine/lua/module.h"

namespace runbook {

std::vector<Function> address_functions();  ///< address_functions.cc
std::vector<Function> encode_functions();   ///< abi_encode_functions.cc
std::vector<Function> decode_functions();   ///< abi_decode_functions.cc
std::vector<Function> key_functions();      ///< key_functions.cc
std::vector<Function> signing_functions();  ///< signing_functions.cc
std::vector<Function> recover_functions();  ///< recover_functions.cc

}  // namespace runbook
