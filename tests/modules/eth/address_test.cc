#include "modules/eth/address.h"

#include "tests/base/expect_error.h"
#include "tests/modules/eth/vectors.h"

using namespace runbook;

namespace {

/// The examples of EIP-1014.
struct Create2 {
  std::string from, salt, init_code, address;
};
const std::vector<Create2> kCreate2 = {
    {"0000000000000000000000000000000000000000",
     "0000000000000000000000000000000000000000000000000000000000000000", "00",
     "0x4D1A2e2bB4F88F0250f26Ffff098B0b30B26BF38"},
    {"deadbeef00000000000000000000000000000000",
     "0000000000000000000000000000000000000000000000000000000000000000", "00",
     "0xB928f69Bb1D91Cd65274e3c79d8986362984fDA3"},
    {"deadbeef00000000000000000000000000000000",
     "000000000000000000000000feed000000000000000000000000000000000000", "00",
     "0xD04116cDd17beBE565EB2422F2497E06cC1C9833"},
    {"00000000000000000000000000000000deadbeef",
     "00000000000000000000000000000000000000000000000000000000cafebabe", "deadbeef",
     "0x60f3f640a8508fC6a86d45DF051962668E1e8AC7"},
    {"0000000000000000000000000000000000000000",
     "0000000000000000000000000000000000000000000000000000000000000000", "",
     "0xE33C0C7F7df4809055C3ebA6c09CFe4BaF1BD9e0"}};

}  // namespace

TEST_CASE("An address is written with its checksum, and read in one case or with it", "[eth]") {
  std::vector<std::string> addresses = {
      "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
      "0x52908400098527886E0F7030069857D2E4169EE7", "0xde709f2102306220921060314715629080e2fb77"};
  const Json vectors = read_vectors("chainlink_vectors.json");
  for (const Json& key : vectors.at("eip55")) {
    addresses.push_back(key.get<std::string>());
  }
  for (const std::string& address : addresses) {
    const std::string bytes = from_hex(address);
    CHECK(checksum_address(bytes) == address);
    CHECK(parse_address(address) == bytes);
    CHECK(parse_address("0x" + to_hex(bytes)) == bytes);
  }
}

TEST_CASE("What is no address is refused, and a mistyped one too", "[eth]") {
  const std::string good = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
  for (const std::string& text :
       {std::string(), good.substr(2), good + "0", good.substr(0, 41), "0X" + good.substr(2),
        good.substr(0, 41) + "g", std::string(1000, 'x')}) {
    const Error error = expect_error(Code::address_invalid, [&] { parse_address(text); });
    CHECK(error.message.size() < 200);
  }
  std::string mistyped = good;
  mistyped[20] = '1';
  const Error error = expect_error(Code::address_invalid, [&] { parse_address(mistyped); });
  CHECK_THAT(error.message, ContainsSubstring("its mixed case is not the checksum"));
}

TEST_CASE("A contract's address follows from sender and nonce", "[eth]") {
  const Json vectors = read_vectors("chainlink_vectors.json");
  const std::string from = parse_address(vectors.at("from").get<std::string>());
  for (const Json& each : vectors.at("createAddress")) {
    CHECK(checksum_address(create_address(from, each.at("nonce").get<std::uint64_t>())) ==
          each.at("address"));
  }
}

TEST_CASE("Nonces of any width give the address that ethers gives", "[eth]") {
  const std::string from = parse_address("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
  const std::vector<std::pair<std::uint64_t, std::string>> expected = {
      {127, "0x5fc748f1FEb28d7b76fa1c6B07D8ba2d5535177c"},
      {128, "0xB82008565FdC7e44609fA118A4a681E92581e680"},
      {256, "0x3C1Cb427D20F15563aDa8C249E71db76d7183B6c"},
      {1ULL << 32U, "0xF601E625b5A95B8f9134C58D832D99824cb1d771"},
      {0xfffffffffffffffeULL, "0x91d657e4bB26C1bF384bB8CCCF4987730c38048d"}};
  for (const auto& [nonce, address] : expected) {
    CHECK(checksum_address(create_address(from, nonce)) == address);
  }
}

TEST_CASE("A contract's address follows from sender, salt and code", "[eth]") {
  for (const Create2& each : kCreate2) {
    const Digest hash = keccak256(from_hex(each.init_code));
    CHECK(checksum_address(create2_address(from_hex(each.from), from_hex(each.salt), hash)) ==
          each.address);
  }
}
