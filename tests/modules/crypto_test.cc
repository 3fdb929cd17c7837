#include "engine/lua/module.h"
#include "modules/modules.h"
#include "tests/base/expect_error.h"
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

TEST_CASE("Only hashes are public when they are made of secrets", "[crypto]") {
  for (const Function& function : crypto_module().functions) {
    INFO(function.name);
    const bool is_hash =
        function.name == "sha256" || function.name == "keccak256" || function.name == "hmac_sha256";
    CHECK(function.result_public == is_hash);
    CHECK(function.reveals == (function.name != "random"));
  }
}
