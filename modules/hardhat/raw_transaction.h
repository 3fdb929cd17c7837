#pragma once
// The signed bytes of a transaction that hardhat-deploy noted field by field, and the addresses
// that an account's creations get.

#include <cstdint>
#include <string>

#include "engine/base/json.h"

namespace runbook::hardhat {

/// The bytes behind an entry of .pendingTransactions: its `rawTx`, or those of its `decoded`
/// fields. 0x…, or empty if none of the known kinds has the hash `hash`: such bytes are never sent.
std::string raw_transaction(const Json& entry, const std::string& hash);

/// Of the contract that `sender` (0x…) creates with this nonce: lower case, with 0x.
std::string created_address(const std::string& sender, std::uint64_t nonce);
/// EIP-55. REQUIRES: 0x and 40 hex digits.
std::string checksummed(const std::string& address);

}  // namespace runbook::hardhat
