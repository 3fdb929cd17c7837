// Keys from words, against the vectors of BIP-39 and BIP-32.
#include "engine/lua/module.h"
#include "modules/eth/mnemonic.h"
#include "modules/modules.h"
#include "tests/base/expect_error.h"
#include "tests/modules/eth/vectors.h"
#include "tests/modules/primitive.h"

using namespace runbook;

namespace {

constexpr const char* kMnemonic = "test test test test test test test test test test test junk";

Json derive(Json options) {
  const PrimitiveTest test;
  return test.call(eth_module(), "derive_key", std::move(options));
}

Error refusal(const std::string& mnemonic) {
  return expect_error(Code::key_invalid, [&] { derive({{"mnemonic", mnemonic}}); });
}

}  // namespace

TEST_CASE("Mnemonics give the seeds of BIP-39's vectors", "[eth]") {
  const Json vectors = read_vectors("bip39_vectors.json");
  CHECK(vectors.size() == 24);
  for (const Json& each : vectors) {
    CHECK(to_hex(mnemonic_seed(each.at(1).get<std::string>(), "TREZOR")) == each.at(2));
  }
}

TEST_CASE("Seeds give the keys of BIP-32's vectors", "[eth]") {
  for (const Json& each : read_vectors("bip32_vectors.json")) {
    const std::string seed = from_hex(each.at("seed").get<std::string>());
    const std::string path = each.at("path").get<std::string>();
    INFO(path);
    CHECK(derive_key(seed, parse_derivation_path(path)).hex() == each.at("key"));
  }
}

TEST_CASE("eth.derive_key gives the accounts of development nodes", "[eth]") {
  CHECK(derive({{"mnemonic", kMnemonic}}) ==
        "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
  CHECK(derive({{"mnemonic", "  test " + std::string(kMnemonic).substr(5) + "\n"},
                {"path", "m/44h/60h/0h/0/1"}}) ==
        "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d");
}

TEST_CASE("A passphrase is the same however its accents were typed", "[eth]") {
  // By npm ethers 6.17.0.
  const auto with = [](const std::string& passphrase) {
    return derive({{"mnemonic", kMnemonic}, {"passphrase", passphrase}});
  };
  const std::string umlauts = "0xdf264eb8ccd26f622c05481f56bd31e8a4805d60e0e26f0c492b511de11ba076";
  CHECK(with("p\u00e4ssw\u00f6rd") == umlauts);
  CHECK(with("pa\u0308sswo\u0308rd") == umlauts);
  CHECK(with("\ufb01\u2460\u212b") ==
        "0x8dcd61083e6261fee8dc0bcb31311d713b63ea52a361d4445ec9ac649b6de576");
  CHECK(with("\u334d\u30ac\u30d0\u30f4\u30a1\u3071\u3070\u3050\u309e\u3061\u3062"
             "\u5341\u4eba\u5341\u8272") ==
        "0x6d515b6bc344af3fe5726cd326e327d922695948be55a7733ea31a4bafdc519c");
  CHECK_THAT(expect_error(Code::key_invalid, [&] { with("secret\xff"); }).message,
             ContainsSubstring("not UTF-8") && !ContainsSubstring("secret\xff"));
}

TEST_CASE("A mnemonic with a mistake is refused without a word of it", "[eth]") {
  const std::string eleven = std::string(kMnemonic).substr(0, 54);
  for (const std::string& mnemonic :
       {std::string(), eleven, eleven + " secretword", eleven + " test", eleven + " Junk"}) {
    const Error error = refusal(mnemonic);
    CHECK_THAT(error.message, !ContainsSubstring("secretword") && !ContainsSubstring("test"));
  }
  CHECK_THAT(refusal(eleven + " tset").message, ContainsSubstring("word 12 is not in"));
  CHECK_THAT(refusal(eleven + " test").message, ContainsSubstring("checksum is wrong"));
}

TEST_CASE("What is no derivation path is refused", "[eth]") {
  CHECK(parse_derivation_path("m").empty());
  std::string long_path = "m";
  for (int i = 0; i < 17; ++i) {
    long_path += "/0";
  }
  for (const std::string& path :
       {std::string(), std::string("44'/60'"), std::string("m/"), std::string("m//0"),
        std::string("m/-1"), std::string("m/0''"), std::string("m/2147483648"),
        std::string("m/99999999999"), std::string("mm"), long_path}) {
    expect_error(Code::key_invalid, [&] { parse_derivation_path(path); });
  }
}
