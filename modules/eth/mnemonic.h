#pragma once
// Keys from words: BIP-39 makes a seed of a mnemonic, BIP-32 keys of a seed.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "modules/eth/key.h"

namespace runbook {

/// 64 bytes, a secret. The words are of the English list, of which the last carries a checksum;
/// spaces between them do not matter. Throws Error(Code::key_invalid), saying the position of a
/// word and never the word.
std::string mnemonic_seed(std::string_view mnemonic, std::string_view passphrase);

/// "m/44'/60'/0'/0/5" as numbers, hardened ones from 2^31. Throws Error(Code::key_invalid).
std::vector<std::uint32_t> parse_derivation_path(std::string_view path);
/// Throws Error(Code::key_invalid) where no key results.
PrivateKey derive_key(std::string_view seed, const std::vector<std::uint32_t>& path);

}  // namespace runbook
