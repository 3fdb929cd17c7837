// Keystore files, against the vectors of the Web3 Secret Storage definition.
#include "modules/eth/keystore.h"

#include "engine/lua/module.h"
#include "modules/eth/scrypt.h"
#include "modules/modules.h"
#include "tests/base/expect_error.h"
#include "tests/modules/eth/vectors.h"
#include "tests/modules/primitive.h"

using namespace runbook;

namespace {

constexpr const char* kStorePassword = "testpassword";
constexpr const char* kStoredKey =
    "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

Json keystore(const std::string& kdf) {
  return read_vectors("keystore_vectors.json").at(kdf);
}

Json opened(const Json& file, const std::string& password) {
  const PrimitiveTest test;
  return test.call(eth_module(), "keystore_read", {{"keystore", file}, {"password", password}});
}

/// The PBKDF2 file with one change, made by a JSON pointer.
Error refusal(const std::string& where, const Json& value) {
  Json file = keystore("pbkdf2");
  file[Json::json_pointer(where)] = value;
  return expect_error(Code::keystore_invalid, [&] { opened(file, kStorePassword); });
}

}  // namespace

TEST_CASE("scrypt derives what RFC 7914 says", "[eth]") {
  CHECK(to_hex(scrypt("", "", {.n = 16, .r = 1, .p = 1}, 64)) ==
        "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
        "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
  CHECK(to_hex(scrypt("password", "NaCl", {.n = 1024, .r = 8, .p = 16}, 64)) ==
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
}

TEST_CASE("Keystores of both kinds open with their password", "[eth]") {
  for (const char* kdf : {"pbkdf2", "scrypt"}) {
    const Json file = keystore(kdf);
    CHECK(opened(file, kStorePassword) == kStoredKey);
    CHECK(opened(file.dump(), kStorePassword) == kStoredKey);
  }
  Json renamed = keystore("pbkdf2");
  renamed["Crypto"] = renamed["crypto"];
  renamed.erase("crypto");
  CHECK(opened(renamed, kStorePassword) == kStoredKey);
}

TEST_CASE("A wrong password or a damaged keystore does not open", "[eth]") {
  const Error wrong =
      expect_error(Code::keystore_invalid, [&] { opened(keystore("pbkdf2"), "testpassw0rd"); });
  CHECK_THAT(wrong.message, ContainsSubstring("password") && !ContainsSubstring("testpassw0rd"));
  CHECK_THAT(refusal("/crypto/ciphertext", std::string(64, '0')).message,
             ContainsSubstring("does not open"));
  CHECK_THAT(refusal("/address", std::string(40, '0')).message,
             ContainsSubstring("another address"));
  CHECK_THAT(refusal("/version", 4).message, ContainsSubstring("version 3"));
  CHECK_THAT(refusal("/crypto/cipher", "none").message, ContainsSubstring("aes-128-ctr"));
  CHECK_THAT(refusal("/crypto/kdf", 5).message, ContainsSubstring("kdf"));
  CHECK_THAT(refusal("/crypto/mac", "0x12").message, ContainsSubstring("under mac"));
  CHECK_THAT(refusal("/crypto/kdfparams", "none").message, ContainsSubstring("dklen"));
  CHECK_THAT(refusal("/crypto/kdfparams/dklen", 16).message, ContainsSubstring("dklen"));
}

TEST_CASE("A keystore that would take gigabytes or hours is refused at once", "[eth]") {
  CHECK_THAT(refusal("/crypto/kdfparams/c", 1ULL << 40U).message, ContainsSubstring("under c"));
  const auto scrypt_refusal = [](const Json& n, const Json& r, const Json& p) {
    Json file = keystore("scrypt");
    file["crypto"]["kdfparams"].update({{"n", n}, {"r", r}, {"p", p}});
    expect_error(Code::keystore_invalid, [&] { opened(file, kStorePassword); });
  };
  scrypt_refusal(1U << 20U, 8, 1);
  scrypt_refusal(2, 1U << 20U, 1U << 20U);
  scrypt_refusal(1U << 20U, 1U << 20U, 1U << 20U);
  scrypt_refusal(1U << 18U, 8, 3);
  scrypt_refusal(2, 1U << 10U, 1U << 7U);
  scrypt_refusal(-2, 8, 1);
  scrypt_refusal(0, 8, 1);
  scrypt_refusal(3, 8, 1);
  scrypt_refusal(1, 8, 1);
  scrypt_refusal(2.0, 8, 1);
  scrypt_refusal("2", 8, 1);
  scrypt_refusal(16, 0, 1);
  scrypt_refusal(16, 8, 0);
}
