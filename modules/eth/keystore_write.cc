// A key as a keystore file, in the form that geth and ethers read.
#include <openssl/crypto.h>

#include <array>

#include "engine/base/hash.h"
#include "engine/base/id.h"
#include "modules/eth/aes.h"
#include "modules/eth/keystore.h"
#include "modules/eth/scrypt.h"

namespace runbook {

namespace {

constexpr ScryptCost kCost = {.n = 1U << 17U, .r = 8, .p = 1};
constexpr std::size_t kSaltBytes = 32;
constexpr std::size_t kCipherBytes = 16;  ///< of its key and of its start

template <std::size_t size>
std::string drawn() {
  std::array<std::uint8_t, size> bytes{};
  random_bytes(bytes);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

Json make_keystore(const PrivateKey& key, std::string_view password) {
  const std::string salt = drawn<kSaltBytes>();
  const std::string iv = drawn<kCipherBytes>();
  std::string derived = scrypt(password, salt, kCost, kSaltBytes);
  const std::string ciphertext =
      aes_128_ctr(std::string_view(derived).substr(0, kCipherBytes), iv, key.bytes());
  const Digest mac = keccak256(derived.substr(kCipherBytes) + ciphertext);
  OPENSSL_cleanse(derived.data(), derived.size());
  const Json parameters = {{"dklen", kSaltBytes},
                           {"n", kCost.n},
                           {"p", kCost.p},
                           {"r", kCost.r},
                           {"salt", to_hex(salt)}};
  const Json crypto = {{"cipher", "aes-128-ctr"},          {"cipherparams", {{"iv", to_hex(iv)}}},
                       {"ciphertext", to_hex(ciphertext)}, {"kdf", "scrypt"},
                       {"kdfparams", parameters},          {"mac", to_hex(mac)}};
  return {
      {"address", to_hex(key.address())}, {"crypto", crypto}, {"id", new_uuid()}, {"version", 3}};
}

}  // namespace runbook
