#pragma once
// Addresses: their checksum (EIP-55), and those of contracts to be (CREATE, CREATE2).

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/hash.h"

namespace runbook {

constexpr std::size_t kAddressBytes = 20;

/// "0x" and 40 hex digits in mixed case. REQUIRES: 20 bytes.
std::string checksum_address(std::string_view bytes);
/// The 20 bytes. One case throughout is taken as it is; mixed case must be the checksum. Throws
/// Error(Code::address_invalid).
std::string parse_address(std::string_view text);

/// The address that `from` gives a contract it creates with this nonce; 20 bytes each.
std::string create_address(std::string_view from, std::uint64_t nonce);
/// EIP-1014. `from` is the contract that executes CREATE2; `salt` has 32 bytes.
std::string create2_address(std::string_view from, std::string_view salt,
                            const Digest& init_code_hash);

}  // namespace runbook
