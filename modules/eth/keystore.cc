#include "modules/eth/keystore.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include "engine/base/error.h"
#include "modules/eth/address.h"
#include "modules/eth/aes.h"
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
  throw Error(Code::keystore_invalid, "the keystore " + std::move(message))
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

void check_address(const Json& keystore, const PrivateKey& key) {
  if (keystore.contains("address") &&
      sized_part(keystore, "address", kAddressBytes) != key.address()) {
    refuse_keystore("has the key of another address than it says");
  }
}

/// The file itself, or its text. No message of a parser, which might show a part of it.
Json parsed(const Json& option) {
  if (!option.is_string()) {
    return option;
  }
  try {
    return parse_json(option.get_ref<const std::string&>(), "keystore");
  } catch (const Error&) {
    refuse_keystore("is no JSON");
  }
}

}  // namespace

Task<PrivateKey> open_keystore(Loop& loop, Json keystore, std::string password) {
  std::optional<PrivateKey> key;
  std::function<void()> work = [&] { key.emplace(read_keystore(keystore, password)); };
  co_await loop.blocking(std::move(work));
  OPENSSL_cleanse(password.data(), password.size());
  co_return std::move(*key);
}

PrivateKey read_keystore(const Json& file, std::string_view password) {
  const Json keystore = parsed(file);
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
  std::string plain = aes_128_ctr(std::string_view(derived).substr(0, 16), iv, ciphertext);
  OPENSSL_cleanse(derived.data(), derived.size());
  PrivateKey key(plain);
  OPENSSL_cleanse(plain.data(), plain.size());
  check_address(keystore, key);
  return key;
}

}  // namespace runbook
