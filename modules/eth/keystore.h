#pragma once
// Keystore files, version 3 (Web3 Secret Storage), as geth and wallets write them.

#include <string_view>

#include "engine/base/json.h"
#include "modules/eth/key.h"

namespace runbook {

/// The key in it. The password is checked by the file's MAC before anything is decrypted. A file
/// whose costs are beyond a few seconds or 256 MiB is refused before they are paid. Throws
/// Error(Code::option_invalid).
PrivateKey read_keystore(const Json& keystore, std::string_view password);

}  // namespace runbook
