#include "engine/base/hash.h"

#include <cryptopp/keccak.h>

#include "tests/base/expect_error.h"

using namespace runbook;

TEST_CASE("SHA-256 gives the vectors of FIPS 180-4", "[hash]") {
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("Keccak-256 gives Ethereum's vectors", "[hash]") {
  CHECK(to_hex(keccak256("")) ==
        "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  CHECK(to_hex(keccak256("abc")) ==
        "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
  CHECK(to_hex(keccak256("transfer(address,uint256)")).substr(0, 8) == "a9059cbb");
}

TEST_CASE("Keccak-256 agrees with Crypto++ for every length around its block", "[hash]") {
  std::string bytes;
  for (int i = 0; i < 600; ++i) {
    CryptoPP::Keccak_256 oracle;
    oracle.Update(reinterpret_cast<const CryptoPP::byte*>(bytes.data()), bytes.size());
    Digest expected{};
    oracle.Final(expected.data());
    REQUIRE(keccak256(bytes) == expected);
    bytes += static_cast<char>(i * 7 + 3);
  }
}

TEST_CASE("HMAC-SHA-256 gives the vectors of RFC 4231", "[hash]") {
  CHECK(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(to_hex(hmac_sha256(std::string(131, '\xaa'),
                           "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("The chain depends on all that came before", "[hash]") {
  const Digest start{};
  const Digest one = chain_sha256(start, "a");
  CHECK(one == sha256(std::string(32, '\0') + "a"));
  CHECK(chain_sha256(one, "b") != chain_sha256(start, "b"));
}

TEST_CASE("Hex is read with and without 0x, in either case", "[hash]") {
  CHECK(to_hex(std::string_view("\x00\xff\x10", 3)) == "00ff10");
  CHECK(from_hex("0x00FF10") == std::string("\x00\xff\x10", 3));
  CHECK(from_hex("00ff10") == std::string("\x00\xff\x10", 3));
  CHECK(from_hex("0x").empty());
  expect_error(Code::encoding_invalid, [] { from_hex("abc"); });
  expect_error(Code::encoding_invalid, [] { from_hex("0xzz"); });
  expect_error(Code::encoding_invalid, [] { from_hex("ab cd "); });
}

TEST_CASE("Base64 gives the vectors of RFC 4648", "[hash]") {
  const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(to_base64(bytes) == text);
    CHECK(from_base64(text) == bytes);
    CHECK(from_base64(to_base64url(bytes)) == bytes);
  }
  CHECK(to_base64url("\xfb\xff") == "-_8");
  CHECK(from_base64("-_8") == "\xfb\xff");
  CHECK(from_base64("+/8=") == "\xfb\xff");
}

TEST_CASE("What is not base64 is refused", "[hash]") {
  for (const char* text : {"Z", "Zg=", "Zh==", "Zg==Zg==", "Zm 9v", "=", "Zm9v=", "Zg=a",
                           "\xc3\xa9"
                           "aa"}) {
    INFO(text);
    expect_error(Code::encoding_invalid, [&] { from_base64(text); });
  }
}

TEST_CASE("A short hash is positive and 63 bits wide", "[hash]") {
  CHECK(short_hash("abc") == static_cast<std::int64_t>(0xba7816bf8f01cfeaULL >> 1U));
  CHECK(short_hash("") != short_hash("abc"));
}
