#include <set>

#include "engine/lua/module.h"
#include "modules/modules.h"
#include "tests/base/expect_error.h"
#include "tests/cli/program.h"
#include "tests/modules/primitive.h"

using namespace runbook;

namespace {

Json crypto_call(const std::string& function, Json options) {
  const PrimitiveTest test;
  return test.call(crypto_module(), function, std::move(options));
}

}  // namespace

TEST_CASE("Hashes are of bytes, or of the bytes that hex stands for", "[crypto]") {
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  CHECK(crypto_call("sha256", {{"data", "abc"}}) == abc);
  CHECK(crypto_call("sha256", {{"data", "0x616263"}, {"hex", true}}) == abc);
  CHECK(crypto_call("keccak256", {{"data", ""}}) ==
        "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  CHECK(crypto_call("hmac_sha256", {{"key", "Jefe"}, {"data", "what do ya want for nothing?"}}) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  expect_error(Code::encoding_invalid, [] {
    crypto_call("sha256", {{"data", "0xz"}, {"hex", true}});
  });
}

TEST_CASE("Encodings read back", "[crypto]") {
  CHECK(crypto_call("base64_encode", {{"data", "user:pass"}}) == "dXNlcjpwYXNz");
  CHECK(crypto_call("base64_encode", {{"data", "0xfbff"}, {"hex", true}}) == "+/8=");
  CHECK(crypto_call("base64url_encode", {{"data", "0xfbff"}, {"hex", true}}) == "-_8");
  CHECK(crypto_call("base64_decode", {{"text", "dXNlcjpwYXNz"}}) == "user:pass");
  CHECK(crypto_call("hex_encode", {{"data", "abc"}}) == "616263");
  CHECK(crypto_call("hex_decode", {{"text", "0x616263"}}) == "abc");
  expect_error(Code::encoding_invalid, [] { crypto_call("base64_decode", {{"text", "!"}}); });
}

TEST_CASE("Random bytes have the size and encoding asked for", "[crypto]") {
  const std::string hex = crypto_call("random", Json::object());
  CHECK(hex.size() == 64);
  CHECK(hex != crypto_call("random", Json::object()));
  CHECK(crypto_call("random", {{"bytes", 3}, {"encoding", "base64"}}).get<std::string>().size() ==
        4);
  expect_error(Code::option_invalid, [] { crypto_call("random", {{"bytes", 0}}); });
  expect_error(Code::option_invalid, [] { crypto_call("random", {{"bytes", 2000}}); });
  expect_error(Code::option_invalid, [] { crypto_call("random", {{"encoding", "utf7"}}); });
}

TEST_CASE("Base58 keeps leading zeros and knows its alphabet", "[crypto]") {
  const std::string hello = "68656c6c6f20776f726c64";
  CHECK(crypto_call("base58_encode", {{"hex", "0x" + hello}}) == "StV1DL6CwTryKyV");
  CHECK(crypto_call("base58_decode", {{"text", "StV1DL6CwTryKyV"}}) == hello);
  CHECK(crypto_call("base58_encode", {{"hex", "0000287fb4cd"}}) == "11233QC4");
  CHECK(crypto_call("base58_decode", {{"text", "11233QC4"}}) == "0000287fb4cd");
  CHECK(crypto_call("base58_encode", {{"hex", ""}}) == "");
  CHECK(crypto_call("base58_decode", {{"text", "1"}}) == "00");
  for (const char* text : {"0", "O", "I", "l", "a b"}) {
    expect_error(Code::encoding_invalid, [&] { crypto_call("base58_decode", {{"text", text}}); });
  }
  expect_error(Code::option_invalid, [] {
    crypto_call("base58_decode", {{"text", std::string(5000, 'z')}});
  });
}

TEST_CASE("A name has one UUID within a namespace", "[crypto]") {
  const std::string dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
  CHECK(crypto_call("uuid5", {{"namespace", dns}, {"name", "www.example.com"}}) ==
        "2ed6657d-e927-568b-95e1-2665a8aea6a2");
  expect_error(Code::option_invalid, [] {
    crypto_call("uuid5", {{"namespace", "6ba7b810"}, {"name", "x"}});
  });
}

// The numbers of RFC 7748, section 6.1.
TEST_CASE("Two sides agree on a key, and not with a point of low order", "[crypto]") {
  const std::string alice = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
  const std::string bob = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
  const std::string alice_public = crypto_call("x25519_public_key", {{"private", alice}});
  const std::string bob_public = crypto_call("x25519_public_key", {{"private", "0x" + bob}});
  CHECK(alice_public == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  CHECK(bob_public == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  const std::string agreed = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
  CHECK(crypto_call("x25519", {{"private", alice}, {"public", bob_public}}) == agreed);
  CHECK(crypto_call("x25519", {{"private", bob}, {"public", alice_public}}) == agreed);
  for (const std::string& low : {std::string(64, '0'), "01" + std::string(62, '0')}) {
    expect_error(Code::option_invalid, [&] {
      crypto_call("x25519", {{"private", alice}, {"public", low}});
    });
  }
  expect_error(Code::option_invalid, [&] {
    crypto_call("x25519", {{"private", alice}, {"public", "0102"}});
  });
  expect_error(Code::option_invalid, [] { crypto_call("x25519_public_key", {{"private", ""}}); });
}

// The numbers of FIPS 197, appendix C.1.
TEST_CASE("A block is encrypted as it stands", "[crypto]") {
  const std::string key = "000102030405060708090a0b0c0d0e0f";
  CHECK(crypto_call("aes128_encrypt_block",
                    {{"key", key}, {"block", "0x00112233445566778899aabbccddeeff"}}) ==
        "69c4e0d86a7b0430d8cdb78070b4c55a");
  expect_error(Code::option_invalid, [&] {
    crypto_call("aes128_encrypt_block", {{"key", key}, {"block", "00"}});
  });
  expect_error(Code::option_invalid, [&] {
    crypto_call("aes128_encrypt_block", {{"key", key + "00"}, {"block", key}});
  });
}

TEST_CASE("A derived key is the beginning of an HMAC", "[crypto]") {
  const Json options = {{"secret", "Jefe"}, {"label", "what do ya want for nothing?"}};
  const std::string whole = crypto_call("derive_key", options);
  CHECK(whole == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  Json shorter = options;
  shorter["bytes"] = 16;
  CHECK(crypto_call("derive_key", shorter) == whole.substr(0, 32));
  shorter["bytes"] = 33;
  expect_error(Code::option_invalid, [&] { crypto_call("derive_key", shorter); });
}

TEST_CASE("What gives nothing away is public when it is made of secrets, and nothing else",
          "[crypto]") {
  const std::set<std::string_view> gives_nothing_away = {
      "sha256", "keccak256", "hmac_sha256", "uuid5", "x25519_public_key", "aes128_encrypt_block"};
  for (const Function& function : crypto_module().functions) {
    INFO(function.name);
    CHECK(function.result_public == gives_nothing_away.contains(function.name));
    CHECK(function.reveals == (function.name != "random"));
  }
}

TEST_CASE("The examples of the crypto primitives run", "[crypto]") {
  for (const Function& function : crypto_module().functions) {
    const test::Folder folder;
    folder.write("r.lua", std::string(function.example));
    const test::Ran ran =
        test::run_runbook({"run", "r.lua"}, folder.path(), {{"HOOK_KEY", "correct-horse-battery"}});
    INFO(function.name << "\n" << ran.err);
    CHECK(ran.exit == 0);
  }
}
