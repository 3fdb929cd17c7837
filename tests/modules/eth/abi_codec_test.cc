#include "engine/base/hash.h"
#include "modules/eth/abi_decode.h"
#include "modules/eth/abi_encode.h"
#include "modules/eth/abi_entry.h"
#include "tests/base/expect_error.h"
#include "tests/modules/eth/vectors.h"

using namespace runbook;

namespace {

constexpr const char* kAddress = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

AbiType tuple(const std::string& list) {
  return parse_signature("f" + list).inputs;
}

std::string encode(const std::string& list, const Json& values) {
  return to_hex(abi_encode(tuple(list), values, "f"));
}

std::string encode_problem(const std::string& list, const Json& values) {
  return expect_error(Code::abi_value_invalid, [&] { encode(list, values); }).message;
}

Json decode(const std::string& list, const std::string& hex) {
  return abi_decode(tuple(list), from_hex(hex), "f");
}

std::string decode_problem(const std::string& list, const std::string& hex) {
  return expect_error(Code::abi_data_invalid, [&] { decode(list, hex); }).message;
}

/// A word of 64 digits that ends in these.
std::string word(const std::string& end) {
  return std::string(64 - end.size(), '0') + end;
}

/// A word of 64 digits that begins with these.
std::string left(const std::string& begin) {
  return begin + std::string(64 - begin.size(), '0');
}

Json bigint(const std::string& digits) {
  return {{"$bigint", digits}};
}

}  // namespace

TEST_CASE("The examples of the ABI's specification are encoded as it says", "[eth]") {
  CHECK(encode("(uint32,bool)", {69, true}) == word("45") + word("1"));
  CHECK(encode("(bytes3[2])", Json::parse(R"([["0x616263", "0x646566"]])")) ==
        left("616263") + left("646566"));
  CHECK(encode("(bytes,bool,uint256[])", {"0x64617665", true, {1, 2, 3}}) ==
        word("60") + word("1") + word("a0") + word("4") + left("64617665") + word("3") + word("1") +
            word("2") + word("3"));
  CHECK(encode("(uint256,uint32[],bytes10,bytes)", {"0x123",
                                                    {"0x456", "0x789"},
                                                    "0x31323334353637383930",
                                                    "0x48656c6c6f2c20776f726c6421"}) ==
        word("123") + word("80") + left("31323334353637383930") + word("e0") + word("2") +
            word("456") + word("789") + word("d") + left("48656c6c6f2c20776f726c6421"));
}

TEST_CASE("Calls of Chainlink's contracts are encoded as its own tools do", "[eth]") {
  const Json vectors = read_vectors("chainlink_vectors.json");
  for (const Json& each : vectors.at("setConfig")) {
    const std::string signers = each.at("multichainSigners") ? "bytes[]" : "address[]";
    const AbiEntry entry =
        parse_signature("setConfig(" + signers + ",address[],uint8,bytes,uint64,bytes)");
    const Json values = {
        each.at("signers"),       each.at("transmitters"),          each.at("f"),
        each.at("onchainConfig"), each.at("offchainConfigVersion"), each.at("offchainConfig")};
    CHECK("0x" + to_hex(selector(entry) + abi_encode(entry.inputs, values, "setConfig")) ==
          each.at("setConfigCalldata"));
  }
  for (const auto& [id, hash] : vectors.at("hashedCapabilityIds").items()) {
    const std::size_t at = id.find('@');
    const std::string bytes =
        abi_encode(tuple("(string,string)"), {id.substr(0, at), id.substr(at + 1)}, "capability");
    CHECK("0x" + to_hex(keccak256(bytes)) == hash);
  }
}

TEST_CASE("Values go by position or by name", "[eth]") {
  const std::string list = "((address to, uint256 amount)[] orders, bool final)";
  const std::string expected =
      encode(list, Json::parse(R"([[["0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", 1],
                             ["0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266", "2"]], true])"));
  CHECK(encode(list, Json::parse(R"({
    "final": true,
    "orders": [{ "amount": 1, "to": "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266" },
               { "amount": "0x2", "to": "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266" }]
  })")) == expected);
  CHECK(decode(list, expected) == Json::parse(R"([
    [{ "to": "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "amount": { "$bigint": "1" } },
     { "to": "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "amount": { "$bigint": "2" } }],
    true
  ])"));
  CHECK(encode("()", Json::object()).empty());
  CHECK(encode("(uint256[] list)", Json::array({Json::object()})) == word("20") + word("0"));
}

TEST_CASE("A value that does not fit is named by position and name", "[eth]") {
  const std::string transfer = "(address to, uint256 amount)";
  CHECK(encode_problem(transfer, {kAddress, -1}) ==
        "f: argument 2 `amount` (uint256): -1 is below 0");
  CHECK(encode_problem("(uint8)", {256}) == "f: argument 1 (uint8): 256 is above 255");
  CHECK(encode_problem("(int8 a)", {128}) == "f: argument 1 `a` (int8): 128 is above 127");
  CHECK(encode_problem("(int8 a)", {-129}) == "f: argument 1 `a` (int8): -129 is below -128");
  CHECK_THAT(encode_problem("(int256)", {"0x8" + std::string(63, '0')}),
             ContainsSubstring("is above 5789604461865809771178549250434395392663499"));
  CHECK_THAT(encode_problem("(uint256)", {"1" + std::string(78, '0')}),
             ContainsSubstring("argument 1 (uint256): "));
  CHECK_THAT(encode_problem("(uint256)", {1.5}), ContainsSubstring("1.5 is no whole number"));
  CHECK_THAT(encode_problem("(uint256)", {"ten"}), ContainsSubstring("no whole number"));
  CHECK_THAT(encode_problem("(uint256)", {true}),
             ContainsSubstring("a boolean is no whole number"));
  CHECK_THAT(
      encode_problem("(address a)", {"0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266"}),
      ContainsSubstring("`a` (address): 0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266 is mistyped"));
  CHECK_THAT(encode_problem("(address)", {7}), ContainsSubstring("7 is not an address"));
  CHECK_THAT(encode_problem("(bool)", {1}), ContainsSubstring("1 is neither true nor false"));
  CHECK_THAT(encode_problem("(bytes4)", {"0x010203"}), ContainsSubstring("it has 3 bytes, not 4"));
  CHECK_THAT(encode_problem("(function)", {"0x01"}), ContainsSubstring("it has 1 bytes, not 24"));
  CHECK_THAT(encode_problem("(bytes)", {"010203"}), ContainsSubstring("which begins with 0x"));
  CHECK_THAT(encode_problem("(bytes)", {"0x123"}), ContainsSubstring("odd number of digits"));
  CHECK_THAT(encode_problem("(string)", {5}), ContainsSubstring("5 is not text"));
  CHECK_THAT(encode_problem("(string s)", {"a\xff"}), ContainsSubstring("byte 2 is not UTF-8"));
}

TEST_CASE("Values of another shape are refused, saying which was meant", "[eth]") {
  const std::string transfer = "(address to, uint256 amount)";
  CHECK(encode_problem(transfer, {kAddress}) ==
        "f: 1 given, and (address to, uint256 amount) are 2");
  CHECK_THAT(encode_problem(transfer, {{"to", kAddress}, {"amuont", 1}}),
             ContainsSubstring(
                 "there is no \"amuont\" in (address to, uint256 amount); did you mean amount?"));
  CHECK_THAT(encode_problem(transfer, {{"to", kAddress}}),
             ContainsSubstring("a value for \"amount\" is missing"));
  CHECK_THAT(encode_problem("(address,uint256 a)", {{"a", 1}}), ContainsSubstring("no names"));
  CHECK_THAT(encode_problem("(uint256[2] a)", {{1, 2, 3}}),
             ContainsSubstring("argument 1 `a` (uint256[2]): 3 entries, not 2"));
  CHECK_THAT(encode_problem("(uint256[] a)", {"x"}), ContainsSubstring("\"x\" is not a list"));
  CHECK_THAT(encode_problem("((address to, uint8[] n)[] orders)",
                            Json::array({Json::array({Json::array({kAddress, {1, 2, 300}})})})),
             ContainsSubstring("argument 1 `orders`[1].n[3] (uint8): 300 is above 255"));
}

TEST_CASE("Integers of up to 48 bits come back as numbers, larger ones as bigints", "[eth]") {
  CHECK(decode("(uint48,uint56,int48,int56)",
               word("ffffffffffff") + word("1") + std::string(63, 'f') + "e" +
                   std::string(64, 'f')) == Json{281474976710655, bigint("1"), -2, bigint("-1")});
  CHECK(decode("(uint256)", std::string(64, 'f')) ==
        Json::array({bigint(
            "115792089237316195423570985008687907853269984665640564039457584007913129639935")}));
  CHECK(decode("((uint8 $a, uint8 b) pair)", word("1") + word("2")) ==
        Json{{{"$$a", 1}, {"b", 2}}});
}

TEST_CASE("Words outside the range of their type are refused", "[eth]") {
  CHECK(decode_problem("(uint8 level)", word("100")) ==
        "f: value 1 `level` (uint8): 256 is above 255");
  CHECK_THAT(decode_problem("(int8)", word("80")), ContainsSubstring("128 is above 127"));
  CHECK_THAT(decode_problem("(int8)", std::string(62, 'f') + "7f"),
             ContainsSubstring("is below -128"));
  CHECK_THAT(decode_problem("(bool)", word("2")), ContainsSubstring("2 is neither 0 nor 1"));
  CHECK_THAT(decode_problem("(bool)", left("01")), ContainsSubstring("bits set beside"));
  CHECK_THAT(decode_problem("(address)", left("01")),
             ContainsSubstring("bits set beside its 20 bytes"));
  CHECK_THAT(decode_problem("(bytes4)", word("1")),
             ContainsSubstring("bits set beside its 4 bytes"));
  CHECK_THAT(decode_problem("(function)", word("1")), ContainsSubstring("beside its 24 bytes"));
  CHECK_THAT(decode_problem("(string)", word("20") + word("1") + left("ff")),
             ContainsSubstring("byte 1 is not UTF-8; declare it as bytes"));
  CHECK_THAT(decode_problem("(bytes)", word("20") + word("1") + left("0102")),
             ContainsSubstring("its padding is not zero"));
}

TEST_CASE("Data that points outside itself, overlaps or goes on is refused", "[eth]") {
  const std::string huge = std::string(64, 'f');
  CHECK_THAT(decode_problem("(uint256,uint256)", word("1")),
             ContainsSubstring("it ends too early"));
  CHECK(decode_problem("(uint256)", word("1") + word("2")) == "f: 32 bytes are left over");
  CHECK_THAT(decode_problem("(uint256)", word("1") + "00"),
             ContainsSubstring("1 bytes are left over"));
  CHECK_THAT(decode_problem("(bytes)", huge), ContainsSubstring("reaches past the end"));
  CHECK_THAT(decode_problem("(bytes)", word("20") + huge),
             ContainsSubstring("reaches past the end"));
  CHECK_THAT(decode_problem("(bytes)", word("20") + word("21") + word("1")),
             ContainsSubstring("it ends too early"));
  CHECK_THAT(decode_problem("(bytes)", word("20") + word("1") + "01"),
             ContainsSubstring("it ends too early"));
  CHECK_THAT(decode_problem("(uint256[])", word("20") + word("2") + word("1")),
             ContainsSubstring("2 entries reach past the end"));
  CHECK_THAT(decode_problem("(uint256[1000][])", word("20") + word("1") + word("1")),
             ContainsSubstring("1 entries reach past the end"));
  CHECK_THAT(decode_problem("(bytes,bytes)", word("40") + word("40") + word("0")),
             ContainsSubstring("overlap"));
  CHECK_THAT(decode_problem("(bytes)", word("0")),
             ContainsSubstring("overlap") || ContainsSubstring("left over"));
  CHECK_THAT(decode_problem("(bytes)", word("40") + word("0") + word("0")),
             ContainsSubstring("32 bytes are left over"));
}

TEST_CASE("Offsets into one another cannot make much out of little", "[eth]") {
  // Each level of bytes[][][]… points all its entries at the same next level: 10^n entries.
  std::string levels = word("20");
  for (int level = 0; level < 8; ++level) {
    levels += word("a");
    for (int entry = 0; entry < 10; ++entry) {
      levels += word("140");
    }
  }
  CHECK_THAT(decode_problem("(bytes[][][][][][][][] bomb)", levels + word("0")),
             ContainsSubstring("overlap"));
  CHECK_THAT(decode_problem("(bytes)", std::string(2 * (kMostAbiBytes + 1), '0')),
             ContainsSubstring("are more than"));
}
