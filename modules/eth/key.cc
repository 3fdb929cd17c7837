#include "modules/eth/key.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <memory>

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include "engine/base/error.h"
#include "engine/base/id.h"
#include "modules/eth/address.h"

namespace runbook {

namespace {

constexpr std::size_t kKeyBytes = std::tuple_size_v<PrivateKey::Bytes>;
constexpr std::size_t kCompactBytes = 2 * kKeyBytes;

struct DestroyContext {
  void operator()(secp256k1_context* context) const { secp256k1_context_destroy(context); }
};

/// Blinded by random bytes, against whoever measures how long a signature takes.
const secp256k1_context* context() {
  static const std::unique_ptr<secp256k1_context, DestroyContext> made = [] {
    std::unique_ptr<secp256k1_context, DestroyContext> fresh(
        secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY));
    PrivateKey::Bytes seed{};
    random_bytes(seed);
    RB_CHECK(fresh != nullptr && secp256k1_context_randomize(fresh.get(), seed.data()) == 1);
    OPENSSL_cleanse(seed.data(), seed.size());
    return fresh;
  }();
  return made.get();
}

secp256k1_pubkey public_key(const PrivateKey::Bytes& key) {
  secp256k1_pubkey result{};
  RB_CHECK(secp256k1_ec_pubkey_create(context(), &result, key.data()) == 1);
  return result;
}

std::string serialized(const secp256k1_pubkey& key, unsigned form) {
  std::array<std::uint8_t, 65> bytes{};
  std::size_t size = bytes.size();
  secp256k1_ec_pubkey_serialize(context(), bytes.data(), &size, &key, form);
  return {bytes.begin(), bytes.begin() + size};
}

std::string address_of_public(const secp256k1_pubkey& key) {
  const std::string point = serialized(key, SECP256K1_EC_UNCOMPRESSED).substr(1);
  const Digest digest = keccak256(point);
  return {digest.end() - kAddressBytes, digest.end()};
}

}  // namespace

std::string Signature::bytes() const {
  return r + s + static_cast<char>(27 + recovery);
}

Signature parse_signature_text(std::string_view hex) {
  const std::string_view digits = hex.substr(hex.starts_with("0x") ? 2 : 0);
  if (digits.size() % 2 != 0 || !std::ranges::all_of(digits, is_hex_digit)) {
    refuse(Code::signature_invalid, "the signature is not hex");
  }
  return parse_signature_bytes(from_hex(digits));
}

Signature parse_signature_bytes(std::string_view bytes) {
  if (bytes.size() != kCompactBytes && bytes.size() != kCompactBytes + 1) {
    refuse(
        Code::signature_invalid,
        fmt::format("a signature has 65 bytes, or 64 in its compact form, not {}", bytes.size()));
  }
  Signature signature{.r = std::string(bytes.substr(0, kKeyBytes)),
                      .s = std::string(bytes.substr(kKeyBytes, kKeyBytes))};
  if (bytes.size() == kCompactBytes) {
    const auto first = static_cast<unsigned char>(signature.s[0]);
    signature.recovery = first >> 7U;
    signature.s[0] = static_cast<char>(first & 0x7fU);
    return signature;
  }
  const int v = static_cast<unsigned char>(bytes.back());
  if (v != 0 && v != 1 && v != 27 && v != 28) {
    refuse(Code::signature_invalid,
           fmt::format("a signature ends in 0, 1, 27 or 28 (v), not {}", v));
  }
  signature.recovery = v % 27;
  return signature;
}

PrivateKey PrivateKey::parse(std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with("0x") ? 2 : 0);
  if (digits.size() != 2 * kKeyBytes || !std::ranges::all_of(digits, is_hex_digit)) {
    refuse(Code::key_invalid, "the key is not 64 hex digits, with or without 0x");
  }
  std::string bytes = from_hex(digits);
  PrivateKey key(bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return key;
}

PrivateKey PrivateKey::random() {
  Bytes drawn{};
  do {
    random_bytes(drawn);
  } while (secp256k1_ec_seckey_verify(context(), drawn.data()) != 1);
  PrivateKey key({reinterpret_cast<const char*>(drawn.data()), drawn.size()});
  OPENSSL_cleanse(drawn.data(), drawn.size());
  return key;
}

PrivateKey::PrivateKey(std::string_view bytes) {
  RB_CHECK(bytes.size() == kKeyBytes);
  std::copy(bytes.begin(), bytes.end(), bytes_.begin());
  if (secp256k1_ec_seckey_verify(context(), bytes_.data()) != 1) {
    refuse(Code::key_invalid,
           "the key is zero or not below the order of secp256k1, so it is no private key");
  }
}

PrivateKey::PrivateKey(PrivateKey&& other) noexcept : bytes_(other.bytes_) {
  OPENSSL_cleanse(other.bytes_.data(), other.bytes_.size());
}

PrivateKey::~PrivateKey() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

std::string PrivateKey::hex() const {
  return "0x" + to_hex(bytes());
}

std::string_view PrivateKey::bytes() const {
  return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
}

std::string PrivateKey::address() const {
  return address_of_public(public_key(bytes_));
}

std::string PrivateKey::compressed_public() const {
  return serialized(public_key(bytes_), SECP256K1_EC_COMPRESSED);
}

Signature PrivateKey::sign(const Digest& digest) const {
  secp256k1_ecdsa_recoverable_signature made{};
  RB_CHECK(secp256k1_ecdsa_sign_recoverable(context(), &made, digest.data(), bytes_.data(), nullptr,
                                            nullptr) == 1);
  std::array<std::uint8_t, kCompactBytes> compact{};
  Signature signature;
  secp256k1_ecdsa_recoverable_signature_serialize_compact(context(), compact.data(),
                                                          &signature.recovery, &made);
  signature.r.assign(compact.begin(), compact.begin() + kKeyBytes);
  signature.s.assign(compact.begin() + kKeyBytes, compact.end());
  return signature;
}

PrivateKey PrivateKey::plus(std::string_view number) const {
  RB_CHECK(number.size() == kKeyBytes);
  Bytes sum = bytes_;
  if (secp256k1_ec_seckey_tweak_add(context(), sum.data(),
                                    reinterpret_cast<const std::uint8_t*>(number.data())) != 1) {
    refuse(Code::key_invalid,
           "no key results from this path, which happens once in 2^127; take the next index");
  }
  PrivateKey key({reinterpret_cast<const char*>(sum.data()), sum.size()});
  OPENSSL_cleanse(sum.data(), sum.size());
  return key;
}

std::string recover_address(const Digest& digest, const Signature& signature) {
  const std::string compact = signature.r + signature.s;
  secp256k1_ecdsa_recoverable_signature parsed{};
  secp256k1_pubkey key{};
  if (secp256k1_ecdsa_recoverable_signature_parse_compact(
          context(), &parsed, reinterpret_cast<const std::uint8_t*>(compact.data()),
          signature.recovery) != 1 ||
      secp256k1_ecdsa_recover(context(), &key, &parsed, digest.data()) != 1) {
    refuse(Code::signature_invalid,
           "no key can have made this signature: it is damaged, or of something else");
  }
  return address_of_public(key);
}

}  // namespace runbook
