#pragma once
// The primitives of this module that stand in files of their own.

#include <vector>

#include "engine/lua/module.h"

namespace runbook {

std::vector<Function> base58_functions();   ///< base58.cc
std::vector<Function> cipher_functions();   ///< cipher.cc: X25519, AES, derived keys
std::vector<Function> name_id_functions();  ///< name_id.cc: UUIDs of names

}  // namespace runbook
