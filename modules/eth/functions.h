#pragma once
// The primitives of this module, by the file that declares them.

#include <vector>

#include "engine/lua/module.h"

namespace runbook {

std::vector<Function> address_functions();   ///< address_functions.cc
std::vector<Function> encode_functions();    ///< abi_encode_functions.cc
std::vector<Function> decode_functions();    ///< abi_decode_functions.cc
std::vector<Function> key_functions();       ///< key_functions.cc
std::vector<Function> key_file_functions();  ///< key_file_functions.cc
std::vector<Function> signing_functions();   ///< signing_functions.cc
std::vector<Function> recover_functions();   ///< recover_functions.cc
std::vector<Function> read_functions();      ///< wait_functions.cc
std::vector<Function> logs_functions();      ///< logs_functions.cc
std::vector<Function> connect_functions();   ///< connect_functions.cc
std::vector<Function> send_functions();      ///< send_functions.cc
std::vector<Function> deploy_functions();    ///< deploy_functions.cc
std::vector<Function> top_up_functions();    ///< top_up_functions.cc

}  // namespace runbook
