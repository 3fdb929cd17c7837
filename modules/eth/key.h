#pragma once
// Private keys, and what follows from them: addresses and signatures (secp256k1).

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/hash.h"

namespace runbook {

struct Signature {
  std::string r;     ///< 32 bytes
  std::string s;     ///< 32 bytes, in the lower half of the group's order
  int recovery = 0;  ///< 0 or 1: which of the two keys that it may be of

  /// r, s and 27 + recovery: 65 bytes, as messages carry it.
  std::string bytes() const;
};

/// Hex of parse_signature_bytes(). Throws Error(Code::signature_invalid).
Signature parse_signature_text(std::string_view hex);
/// 65 bytes of r, s and v, which is 0, 1, 27 or 28; 64 bytes with the recovery in the highest bit
/// of s (EIP-2098). Throws Error(Code::signature_invalid).
Signature parse_signature_bytes(std::string_view bytes);

/// A number below the group's order and not zero; wiped when it goes. No message names its digits.
class PrivateKey {
 public:
  using Bytes = std::array<std::uint8_t, 32>;

  /// 64 hex digits, with or without 0x. Throws Error(Code::key_invalid).
  static PrivateKey parse(std::string_view text);
  /// A new one, from the operating system's generator.
  static PrivateKey random();
  /// 32 bytes. Throws Error(Code::key_invalid) for those that are no key.
  explicit PrivateKey(std::string_view bytes);
  PrivateKey(PrivateKey&& other) noexcept;
  PrivateKey& operator=(PrivateKey&&) = delete;
  ~PrivateKey();

  std::string hex() const;                ///< 0x and 64 digits: a secret
  std::string_view bytes() const;         ///< a secret
  std::string address() const;            ///< 20 bytes
  std::string compressed_public() const;  ///< 33 bytes
  /// The same for the same digest (RFC 6979).
  Signature sign(const Digest& digest) const;
  /// The key plus a number, of 32 bytes, modulo the order. Throws Error(Code::key_invalid) where
  /// no key results.
  PrivateKey plus(std::string_view number) const;

 private:
  Bytes bytes_{};
};

/// The 20 bytes of the address whose key signed the digest. Throws Error(Code::signature_invalid)
/// if no key can have.
std::string recover_address(const Digest& digest, const Signature& signature);

}  // namespace runbook
