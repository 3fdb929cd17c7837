// Keys that two sides agree on (X25519), one block of AES, and keys derived from a secret: what
// protocols build their own schemes of. All of it is OpenSSL's work.
#include <fmt/format.h>
#include <openssl/evp.h>

#include <memory>

#include "engine/base/hash.h"
#include "modules/crypto/functions.h"

namespace runbook {

namespace {

constexpr std::size_t kCurvePointBytes = 32;
constexpr std::size_t kAesBytes = 16;  ///< of a key and of a block

struct FreeOpenssl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Pkey = std::unique_ptr<EVP_PKEY, FreeOpenssl>;

const unsigned char* octets_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* octets_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

/// The bytes of a hex option. Its text is in no message: it may be a secret.
std::string exact_bytes(Call& call, std::string_view function, std::string_view option,
                        std::size_t size) {
  std::string bytes = from_hex(call.text(option));
  if (bytes.size() != size) {
    refuse(Code::option_invalid, fmt::format("crypto.{}: {} has {} bytes; it takes {}", function,
                                             option, bytes.size(), size));
  }
  return bytes;
}

Pkey private_key(Call& call, std::string_view function) {
  const std::string bytes = exact_bytes(call, function, "private", kCurvePointBytes);
  Pkey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, octets_of(bytes), bytes.size()));
  RB_CHECK(key != nullptr);
  return key;
}

Json x25519_public_key(Call& call) {
  const Pkey key = private_key(call, "x25519_public_key");
  std::string point(kCurvePointBytes, '\0');
  std::size_t size = point.size();
  RB_CHECK(EVP_PKEY_get_raw_public_key(key.get(), octets_of(point), &size) == 1);
  return to_hex(point);
}

Json x25519(Call& call) {
  const Pkey own = private_key(call, "x25519");
  const std::string bytes = exact_bytes(call, "x25519", "public", kCurvePointBytes);
  const Pkey peer(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, octets_of(bytes), bytes.size()));
  const std::unique_ptr<EVP_PKEY_CTX, FreeOpenssl> context(EVP_PKEY_CTX_new(own.get(), nullptr));
  RB_CHECK(peer != nullptr && context != nullptr && EVP_PKEY_derive_init(context.get()) == 1 &&
           EVP_PKEY_derive_set_peer(context.get(), peer.get()) == 1);
  std::string point(kCurvePointBytes, '\0');
  std::size_t size = point.size();
  if (EVP_PKEY_derive(context.get(), octets_of(point), &size) != 1) {
    refuse(Code::option_invalid,
           "crypto.x25519: public is a point of low order: what is agreed on would be zero "
           "whatever the private key",
           "no honest key is one: ask its owner for the right one");
  }
  return to_hex(point);
}

Json aes128_encrypt_block(Call& call) {
  const std::string key = exact_bytes(call, "aes128_encrypt_block", "key", kAesBytes);
  const std::string block = exact_bytes(call, "aes128_encrypt_block", "block", kAesBytes);
  const std::unique_ptr<EVP_CIPHER_CTX, FreeOpenssl> cipher(EVP_CIPHER_CTX_new());
  std::string result(kAesBytes, '\0');
  int size = 0;
  RB_CHECK(cipher != nullptr &&
           EVP_EncryptInit_ex(cipher.get(), EVP_aes_128_ecb(), nullptr, octets_of(key), nullptr) ==
               1 &&
           EVP_CIPHER_CTX_set_padding(cipher.get(), 0) == 1 &&
           EVP_EncryptUpdate(cipher.get(), octets_of(result), &size, octets_of(block),
                             static_cast<int>(kAesBytes)) == 1);
  return to_hex(result);
}

Json derive_key(Call& call) {
  const std::int64_t size = call.integer_or("bytes", 32);
  const Digest digest = hmac_sha256(call.text("secret"), call.text("label"));
  if (size < 1 || size > static_cast<std::int64_t>(digest.size())) {
    refuse(Code::option_invalid,
           fmt::format("crypto.derive_key: bytes = {}; it takes 1 to {}", size, digest.size()));
  }
  return to_hex(digest).substr(0, 2 * static_cast<std::size_t>(size));
}

Option hex_option(std::string_view name, std::string_view help) {
  return {.name = name,
          .type = Type::string,
          .required = Required::yes,
          .help = help,
          .positional = true};
}

Function derive_key_declared() {
  return {.name = "derive_key",
          .summary = "A key made of a secret and a label: the same for the same two, always.",
          .options = {{.name = "secret",
                       .type = Type::bytes,
                       .required = Required::yes,
                       .help = "any bytes, usually a secret",
                       .positional = true},
                      {.name = "label",
                       .type = Type::bytes,
                       .required = Required::yes,
                       .help = "what the key is for",
                       .positional = true},
                      {.name = "bytes",
                       .type = Type::integer,
                       .help = "how long it is to be, up to 32",
                       .fallback = 32}},
          .returns =
              "the first bytes of HMAC-SHA256(secret, label) as hex; a secret if one is in "
              "it, unlike hmac_sha256's",
          .errors = {Code::option_invalid},
          .example =
              "local crypto = require \"crypto\"\n"
              "local key = crypto.derive_key { \"seed\", \"backups\", bytes = 16 }",
          .reveals = true,
          .compute = derive_key};
}

}  // namespace

std::vector<Function> cipher_functions() {
  const Option own = hex_option("private", "32 bytes as hex, usually a secret");
  const std::vector<Code> errors = {Code::encoding_invalid, Code::option_invalid};
  return {{.name = "x25519_public_key",
           .summary = "The public key of an X25519 private key.",
           .options = {own},
           .returns = "64 hex digits, which are public",
           .errors = errors,
           .example = "local crypto = require \"crypto\"\n"
                      "log(crypto.x25519_public_key((\"07\"):rep(32)))",
           .reveals = true,
           .result_public = true,
           .compute = x25519_public_key},
          {.name = "x25519",
           .summary = "What two sides agree on: one's private key and the other's public key.",
           .options = {own, hex_option("public", "the other side's: 32 bytes as hex")},
           .returns = "64 hex digits; a secret if private is one",
           .errors = errors,
           .example = "local crypto = require \"crypto\"\n"
                      "local mine, theirs = (\"07\"):rep(32), (\"0a\"):rep(32)\n"
                      "local agreed = crypto.x25519(mine, crypto.x25519_public_key(theirs))\n"
                      "assert(agreed == crypto.x25519(theirs, crypto.x25519_public_key(mine)))",
           .reveals = true,
           .compute = x25519},
          {.name = "aes128_encrypt_block",
           .summary =
               "One block under AES-128: 16 bytes become 16 bytes, and longer data needs a mode.",
           .options = {hex_option("key", "16 bytes as hex, usually a secret"),
                       hex_option("block", "16 bytes as hex")},
           .returns = "32 hex digits, which are public",
           .errors = errors,
           .example = "local crypto = require \"crypto\"\n"
                      "log(crypto.aes128_encrypt_block((\"07\"):rep(16), (\"0a\"):rep(16)))",
           .reveals = true,
           .result_public = true,
           .compute = aes128_encrypt_block},
          derive_key_declared()};
}

}  // namespace runbook
