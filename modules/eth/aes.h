#pragma once
// The cipher of keystore files.

#include <string>
#include <string_view>

namespace runbook {

/// AES-128 in counter mode: the same encrypts and decrypts. REQUIRES: key and iv have 16 bytes.
std::string aes_128_ctr(std::string_view key, std::string_view iv, std::string_view bytes);

}  // namespace runbook
