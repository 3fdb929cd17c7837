#pragma once
// Keystore files, version 3 (Web3 Secret Storage), as geth and wallets write them.

#include <string>
#include <string_view>

#include "engine/base/json.h"
#include "engine/io/loop.h"
#include "modules/eth/key.h"

namespace runbook {

/// The key in it: in the file's JSON, or in that as text. The password is checked by the file's MAC
/// before anything is decrypted; its bytes are taken as they are. A file whose costs are beyond a
/// few seconds or 256 MiB is refused before they are paid. Throws Error(Code::keystore_invalid).
PrivateKey read_keystore(const Json& file, std::string_view password);
/// The same, on the loop's blocking pool: the loop goes on meanwhile.
Task<PrivateKey> open_keystore(Loop& loop, Json file, std::string password);

/// The key as such a file, with the cost that ethers takes (scrypt, n = 2^17): most of a second.
Json make_keystore(const PrivateKey& key, std::string_view password);

}  // namespace runbook
