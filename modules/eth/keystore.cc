#include "modules/eth/keystore.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <memory>

#include "engine/base/error.h"
#include "modules/eth/address.h"
#include "modules/eth/scrypt.h"

namespace runbook {

namespace {

constexpr std::size_t kDerivedBytes = 32;
constexpr std::size_t kMostSaltBytes = 1024;
constexpr std::size_t kMostBlockBytes = 256U << 20U;  ///< what geth's own standard takes
constexpr std::size_t kMostWork = 1U << 22U;          ///< twice that standard's n · r · p
constexpr std::size_t kMostBlocks = 1U << 16U;        ///< r · p, of 128 bytes each
constexpr std::size_t kMostRounds = 1U << 22U;        ///< sixteen times the usual

[[noreturn]] void refuse_keystore(std::string message) {
  throw Error(Code::option_invalid, "the keystore " + std::move(message))
      .with_effect(EffectDone::none);
}

const Json& part(const Json& object, const char* name) {
  if (!object.is_object() || !object.contains(name)) {
    refuse_keystore(fmt::format("has no {}", name));
  }
  return object[name];
}

std::string bytes_part(const Json& object, const char* name) {
  const Json& text = part(object, name);
  if (!text.is_string()) {
    refuse_keystore(fmt::format("has no hex under {}", name));
  }
  try {
    return from_hex(text.get_ref<const std::string&>());
  } catch (const Error&) {
    refuse_keystore(fmt::format("has no hex under {}", name));
  }
}

std::string sized_part(const Json& object, const char* name, std::size_t size) {
  std::string bytes = bytes_part(object, name);
  if (bytes.size() != size) {
    refuse_keystore(fmt::format("has {} bytes under {}, not {}", bytes.size(), name, size));
  }
  return bytes;
}

std::size_t number_part(const Json& object, const char* name, std::size_t most) {
  const Json& number = part(object, name);
  if (!number.is_number_integer() || number < 1 || number > most) {
    refuse_keystore(fmt::format("has no whole number from 1 to {} under {}", most, name));
  }
  return number.get<std::size_t>();
}

void expect_text(const Json& object, const char* name, std::string_view wanted) {
  if (part(object, name) != wanted) {
    refuse_keystore(fmt::format("has another {} than {}", name, wanted));
  }
}

ScryptCost scrypt_cost(const Json& parameters) {
  constexpr std::size_t kMostOfOne = 1U << 20U;
  const ScryptCost cost{.n = number_part(parameters, "n", kMostOfOne),
                        .r = number_part(parameters, "r", kMostOfOne),
                        .p = number_part(parameters, "p", kMostOfOne)};
  if (cost.n < 2 || (cost.n & (cost.n - 1)) != 0) {
    refuse_keystore("has an n that is no power of two");
  }
  if (cost.n * cost.r > kMostBlockBytes / 128 || cost.r * cost.p > kMostBlocks ||
      cost.n * cost.r * cost.p > kMostWork) {
    refuse_keystore(
        fmt::format("asks for scrypt with n = {}, r = {}, p = {}, which takes too much memory "
                    "or time",
                    cost.n, cost.r, cost.p));
  }
  return cost;
}

std::string derived_key(const Json& crypto, std::string_view password) {
  const Json& parameters = part(crypto, "kdfparams");
  number_part(parameters, "dklen", kDerivedBytes);
  const std::string salt = bytes_part(parameters, "salt");
  if (parameters["dklen"] != kDerivedBytes || salt.size() > kMostSaltBytes) {
    refuse_keystore(fmt::format("has a dklen that is not {}, or a salt beyond {} bytes",
                                kDerivedBytes, kMostSaltBytes));
  }
  const Json& kdf = part(crypto, "kdf");
  if (kdf == "scrypt") {
    return scrypt(password, salt, scrypt_cost(parameters), kDerivedBytes);
  }
  if (kdf != "pbkdf2") {
    refuse_keystore("has another kdf than scrypt and pbkdf2");
  }
  expect_text(parameters, "prf", "hmac-sha256");
  return pbkdf2(password, salt, number_part(parameters, "c", kMostRounds), kDerivedBytes);
}

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

std::string decrypted(std::string_view key, std::string_view iv, std::string_view bytes) {
  const std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> cipher(EVP_CIPHER_CTX_new());
  std::string plain(bytes.size(), '\0');
  int size = 0;
  RB_CHECK(cipher != nullptr &&
           EVP_DecryptInit_ex(cipher.get(), EVP_aes_128_ctr(), nullptr,
                              reinterpret_cast<const unsigned char*>(key.data()),
                              reinterpret_cast<const unsigned char*>(iv.data())) == 1 &&
           EVP_DecryptUpdate(cipher.get(), reinterpret_cast<unsigned char*>(plain.data()), &size,
                             reinterpret_cast<const unsigned char*>(bytes.data()),
                             static_cast<int>(bytes.size())) == 1);
  return plain;
}

void check_address(const Json& keystore, const PrivateKey& key) {
  if (keystore.contains("address") &&
      sized_part(keystore, "address", kAddressBytes) != key.address()) {
    refuse_keystore("has the key of another address than it says");
  }
}

}  // namespace

PrivateKey read_keystore(const Json& keystore, std::string_view password) {
  if (part(keystore, "version") != 3) {
    refuse_keystore("is not of version 3");
  }
  const Json& crypto = part(keystore, keystore.contains("Crypto") ? "Crypto" : "crypto");
  expect_text(crypto, "cipher", "aes-128-ctr");
  const std::string iv = sized_part(part(crypto, "cipherparams"), "iv", 16);
  const std::string ciphertext = sized_part(crypto, "ciphertext", 32);
  const std::string mac = sized_part(crypto, "mac", 32);
  std::string derived = derived_key(crypto, password);
  const Digest made = keccak256(derived.substr(16) + ciphertext);
  if (CRYPTO_memcmp(made.data(), mac.data(), mac.size()) != 0) {
    OPENSSL_cleanse(derived.data(), derived.size());
    refuse_keystore("does not open: the password is not its own, or the file is damaged");
  }
  std::string plain = decrypted(std::string_view(derived).substr(0, 16), iv, ciphertext);
  OPENSSL_cleanse(derived.data(), derived.size());
  PrivateKey key(plain);
  OPENSSL_cleanse(plain.data(), plain.size());
  check_address(keystore, key);
  return key;
}

}  // namespace runbook
