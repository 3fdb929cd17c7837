#include "engine/lua/module.h"
#include "modules/modules.h"
#include "tests/base/expect_error.h"
#include "tests/modules/primitive.h"

using namespace runbook;

namespace {

constexpr const char* kAccount = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

Json call(const std::string& function, Json options) {
  const PrimitiveTest test;
  return test.call(eth_module(), function, std::move(options));
}

Error problem(Code code, const std::string& function, const Json& options) {
  return expect_error(code, [&] { call(function, options); });
}

std::string word_ending(const std::string& end) {
  return std::string(64 - end.size(), '0') + end;
}

}  // namespace

TEST_CASE("eth.keccak256 hashes bytes, or what hex stands for", "[eth]") {
  const std::string empty = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";
  CHECK(call("keccak256", {{"data", ""}}) == empty);
  CHECK(call("keccak256", {{"data", "0x"}, {"hex", true}}) == empty);
}

TEST_CASE("eth gives addresses with their checksum", "[eth]") {
  CHECK(call("to_checksum_address", {{"address", "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"}}) ==
        kAccount);
  CHECK(call("create_address", {{"from", kAccount}, {"nonce", "0x1"}}) ==
        "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512");
  const std::string salt = "0x" + word_ending("0");
  const Json by_code = {{"from", "0xdeadbeef00000000000000000000000000000000"},
                        {"salt", salt},
                        {"init_code", "0x00"}};
  CHECK(call("create2_address", by_code) == "0xB928f69Bb1D91Cd65274e3c79d8986362984fDA3");
  Json by_hash = by_code;
  by_hash.erase("init_code");
  problem(Code::option_invalid, "create2_address", by_hash);
  by_hash["init_code_hash"] = call("keccak256", {{"data", "00"}, {"hex", true}});
  CHECK(call("create2_address", by_hash) == call("create2_address", by_code));
}

TEST_CASE("eth refuses what no address can follow from", "[eth]") {
  problem(Code::address_invalid, "to_checksum_address", {{"address", "vitalik.eth"}});
  problem(Code::option_invalid, "create_address", {{"from", kAccount}, {"nonce", -1}});
  problem(Code::option_invalid, "create_address",
          {{"from", kAccount}, {"nonce", "0xffffffffffffffff"}});
  problem(Code::bigint_invalid, "create_address", {{"from", kAccount}, {"nonce", 1.5}});
  const Error salt = problem(Code::option_invalid, "create2_address",
                             {{"from", kAccount}, {"salt", "0x01"}, {"init_code", "0x"}});
  CHECK(salt.message == "eth.create2_address: salt has 1 bytes, not 32");
}

TEST_CASE("eth.encode_call takes a signature, or a name of an ABI", "[eth]") {
  const std::string expected = "0xa9059cbb" +
                               word_ending("f39fd6e51aad88f6f4ce6ab8827279cfffb92266") +
                               word_ending("de0b6b3a7640000");
  CHECK(call("encode_call", {{"signature", "transfer(address,uint256)"},
                             {"args", {kAccount, "1 ether"}}}) == expected);
  CHECK(call("encode_call", {{"signature", "transfer"},
                             {"args", {{"to", kAccount}, {"amount", "1000000000000000000"}}},
                             {"abi", {"transfer(address to, uint256 amount)"}}}) == expected);
  CHECK(call("encode_call", {{"signature", "pause()"}}) == "0x8456cb59");
  CHECK(call("encode_call", {{"signature", "constructor(uint8)"}, {"args", {1}}}) ==
        "0x" + word_ending("1"));
  problem(Code::option_invalid, "encode_call", {{"signature", "event E()"}});
  const Error error =
      problem(Code::abi_value_invalid, "encode_call",
              {{"signature", "transfer(address to, uint256 amount)"}, {"args", {kAccount, -1}}});
  CHECK(error.message == "transfer(address,uint256): argument 2 `amount` (uint256): -1 is below 0");
}

TEST_CASE("eth.encode_arguments and eth.decode_result are each other's inverse", "[eth]") {
  const Json types = {"uint8 decimals", "string name"};
  const Json data = call("encode_arguments", {{"types", types}, {"values", {18, "Coin"}}});
  CHECK(call("decode_result", {{"types", types}, {"data", data}}) ==
        Json{{"decimals", 18}, {"name", "Coin"}});
  CHECK(call("decode_result", {{"types", {"uint8", "string"}}, {"data", data}}) ==
        Json{18, "Coin"});
}

TEST_CASE("eth.decode_result gives one value bare, and nil for none", "[eth]") {
  CHECK(call("decode_result", {{"signature", "balanceOf(address) returns (uint256 balance)"},
                               {"data", "0x" + word_ending("5")}}) == Json{{"$bigint", "5"}});
  CHECK(call("decode_result", {{"signature", "decimals"},
                               {"abi", {"decimals() view returns (uint8)"}},
                               {"data", "0x" + word_ending("12")}}) == 18);
  CHECK(call("decode_result", {{"signature", "pause()"}, {"data", "0x"}}).is_null());
  CHECK_THAT(problem(Code::abi_data_invalid, "decode_result",
                     {{"signature", "decimals() returns (uint8)"}, {"data", "0x"}})
                 .message,
             ContainsSubstring("decimals(): the answer is empty"));
  CHECK_THAT(problem(Code::abi_data_invalid, "decode_result",
                     {{"signature", "decimals()"}, {"data", "0x" + word_ending("12")}})
                 .hint,
             ContainsSubstring("returns (uint256)"));
  problem(Code::option_invalid, "decode_result", {{"data", "0x"}});
}

TEST_CASE("eth.decode_event finds the event of a log", "[eth]") {
  const Json abi = {"event Transfer(address indexed from, address indexed to, uint256 indexed id)",
                    "Transfer(address indexed from, address indexed to, uint256 value)",
                    "event Anonymous(uint8 level) anonymous"};
  const std::string topic = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
  const std::string from = "0x" + word_ending("f39fd6e51aad88f6f4ce6ab8827279cfffb92266");
  const Json decoded =
      call("decode_event",
           {{"abi", abi}, {"topics", {topic, from, from}}, {"data", "0x" + word_ending("7")}});
  CHECK(decoded ==
        Json{{"name", "Transfer"},
             {"signature", "Transfer(address,address,uint256)"},
             {"arguments", {{"from", kAccount}, {"to", kAccount}, {"value", {{"$bigint", "7"}}}}}});
  const Json nft = call("decode_event", {{"abi", abi}, {"topics", {topic, from, from, from}}});
  CHECK(nft.at("arguments").contains("id"));
  CHECK(call("decode_event", {{"signature", "Anonymous"},
                              {"abi", abi},
                              {"topics", Json::array()},
                              {"data", "0x" + word_ending("3")}})
            .at("arguments") == Json{{"level", 3}});
}

TEST_CASE("eth.decode_event says which log is of no event", "[eth]") {
  const std::string signature = "Paused(bytes32 indexed who, string indexed why)";
  const std::string topic = call("keccak256", {{"data", "Paused(bytes32,string)"}});
  const std::string some = "0x" + std::string(64, 'a');
  CHECK(call("decode_event", {{"signature", signature}, {"topics", {topic, some, some}}})
            .at("arguments") == Json{{"who", some}, {"why", some}});
  CHECK_THAT(problem(Code::abi_entry_unclear, "decode_event",
                     {{"signature", signature}, {"topics", {topic, some}}})
                 .message,
             ContainsSubstring("a log of 2 topics, the first " + topic + ", is of no event"));
  problem(Code::abi_entry_unclear, "decode_event",
          {{"abi", {signature}}, {"topics", Json::array()}});
  problem(Code::option_invalid, "decode_event", {{"topics", {topic}}});
  problem(Code::option_invalid, "decode_event", {{"signature", signature}, {"topics", {"0x01"}}});
  CHECK_THAT(problem(Code::abi_data_invalid, "decode_event",
                     {{"signature", "Level(bool indexed on)"},
                      {"topics", {call("keccak256", {{"data", "Level(bool)"}}), some}}})
                 .message,
             ContainsSubstring("Level(bool): topic 2 (bool)"));
}

TEST_CASE("eth.decode_error says why a call reverted", "[eth]") {
  const Json reason =
      call("encode_call", {{"signature", "Error(string)"}, {"args", {"not owner"}}});
  CHECK(call("decode_error", {{"data", reason}}) == Json{{"selector", "0x08c379a0"},
                                                         {"name", "Error"},
                                                         {"signature", "Error(string)"},
                                                         {"arguments", {{"reason", "not owner"}}},
                                                         {"message", "not owner"}});
  const auto panic = [](const std::string& code) {
    return call("decode_error", {{"data", "0x4e487b71" + word_ending(code)}}).at("message");
  };
  CHECK(panic("11") == "panic 0x11: an arithmetic operation overflowed or underflowed");
  CHECK(panic("32") == "panic 0x32: an index outside the array");
  CHECK(panic("99") == "panic 0x99: a code without a known meaning");
  const Json custom =
      call("encode_call", {{"signature", "Unpaid(address,uint256)"}, {"args", {kAccount, 7}}});
  CHECK(call("decode_error", {{"data", custom}, {"abi", {"Unpaid(address who, uint256 due)"}}})
            .at("message") == "Unpaid(who = " + std::string(kAccount) + ", due = 7)");
  const Json unknown = call("decode_error", {{"data", custom}});
  CHECK_THAT(unknown.at("message").get<std::string>(),
             ContainsSubstring("which the ABI does not have"));
  CHECK_FALSE(unknown.contains("name"));
  CHECK(call("decode_error", {{"data", "0x"}}) == Json{{"message", "it gave no reason"}});
  problem(Code::abi_data_invalid, "decode_error", {{"data", "0x0102"}});
  problem(Code::abi_data_invalid, "decode_error", {{"data", "0x08c379a0"}});
}
