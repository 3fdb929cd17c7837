#pragma once
// Hashes and text encodings of bytes. Bytes are std::string. Keccak is our own file: OpenSSL 3.0
// has no KECCAK-256.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace runbook {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
Digest keccak256(std::string_view bytes);  ///< Ethereum's, with the original 0x01 padding
Digest hmac_sha256(std::string_view key, std::string_view bytes);
/// sha256(previous ‖ bytes): the journal's chain.
Digest chain_sha256(const Digest& previous, std::string_view bytes);

bool is_hex_digit(char c);
std::string to_hex(std::string_view bytes);  ///< lower case, no 0x
std::string to_hex(const Digest& digest);
/// With or without 0x; odd length or another character: Error(Code::encoding_invalid).
std::string from_hex(std::string_view text);
std::string to_base64(std::string_view bytes);
/// Standard or URL alphabet, padding optional; otherwise Error(Code::encoding_invalid).
std::string from_base64(std::string_view text);
std::string to_base64url(std::string_view bytes);  ///< no padding
/// First 8 bytes as a positive 63-bit number: body hashes in event columns.
std::int64_t short_hash(std::string_view bytes);

}  // namespace runbook
