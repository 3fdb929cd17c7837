// What reads ask of a node, and what they make of its answer.
#include "engine/base/bigint.h"
#include "modules/eth/chain_read.h"
#include "tests/base/expect_error.h"
#include "tests/modules/eth/canned_node.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr const char* kToken = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
constexpr const char* kHolder = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
constexpr const char* kHolderLower = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
const std::string kWordOf7 = "0x" + std::string(63, '0') + "7";

Json result_answer(Json value) {
  return {{"result", std::move(value)}};
}

Json error_answer(int code, const std::string& message, Json data = nullptr) {
  Json error = {{"code", code}, {"message", message}};
  if (!data.is_null()) {
    error["data"] = std::move(data);
  }
  return {{"error", error}};
}

/// A node that says the same to all.
CannedNode always(Json answer) {
  return CannedNode([answer](const std::string&, const Json&) { return answer; });
}

std::string hash_of(char digit) {
  return "0x" + std::string(64, digit);
}

Json receipt_in(const std::string& block, const std::string& status = "0x1") {
  return {{"transactionHash", hash_of('a')},
          {"blockNumber", block},
          {"blockHash", hash_of('b')},
          {"status", status},
          {"gasUsed", "0x5208"},
          {"effectiveGasPrice", "0x2"},
          {"from", kHolderLower},
          {"to", nullptr},
          {"contractAddress", kToken},
          {"logs", Json::array()}};
}

Json big(const std::string& digits) {
  return {{"$bigint", digits}};
}

Error call_error(const Json& answer, Code code = Code::transaction_reverted) {
  const CannedNode node = always(answer);
  return expect_error(code, [&] {
    node.call("call", {{"signature", "pay(uint256)"},
                       {"args", {7}},
                       {"to", kToken},
                       {"abi", {"pay(uint256 amount)", "error Unpaid(uint256 due)"}}});
  });
}

}  // namespace

TEST_CASE("A block is named by tag, number or hash", "[eth]") {
  const auto parameter = [](const Json& block) { return block_parameter({{"block", block}}); };
  CHECK(parameter(nullptr) == "latest");
  CHECK(parameter("pending") == "pending");
  CHECK(parameter(12) == "0xc");
  CHECK(parameter("12") == "0xc");
  CHECK(parameter("0x0c") == "0xc");
  CHECK(parameter(hash_of('A')) == Json{{"blockHash", hash_of('a')}});
  for (const Json& wrong : {Json("newest"), Json(-1), Json(1.5), Json::array()}) {
    const Error error = expect_error(Code::option_invalid, [&] { parameter(wrong); });
    CHECK_THAT(error.message, ContainsSubstring("block is neither a number, a hash, nor latest"));
  }
}

TEST_CASE("Reads of an account ask for a block and give amounts as bigints", "[eth]") {
  const CannedNode node = always(result_answer("0x10"));
  CHECK(node.call("balance", {{"address", kHolder}}) == big("16"));
  CHECK(node.call("nonce", {{"address", kHolder}, {"block", "pending"}}) == 16);
  CHECK(node.call("code", {{"address", kHolder}, {"block", 3}}) == "0x10");
  CHECK(node.call("storage", {{"address", kHolder}, {"slot", 7}}) ==
        "0x" + std::string(62, '0') + "10");
  CHECK(node.asked("eth_getBalance") == Json::array({{kHolderLower, "latest"}}));
  CHECK(node.asked("eth_getTransactionCount") == Json::array({{kHolderLower, "pending"}}));
  CHECK(node.asked("eth_getCode") == Json::array({{kHolderLower, "0x3"}}));
  CHECK(node.asked("eth_getStorageAt") == Json::array({{kHolderLower, kWordOf7, "latest"}}));
  expect_error(Code::address_invalid, [&] { node.call("balance", {{"address", "0x12"}}); });
}

TEST_CASE("A block and a receipt are tables, or nil where there is none", "[eth]") {
  const CannedNode nothing = always(result_answer(nullptr));
  CHECK(nothing.call("block", {{"block", 9}}).is_null());
  CHECK(nothing.call("receipt", {{"hash", hash_of('a')}}).is_null());
  const CannedNode blocks = always(result_answer({{"number", "0x9"},
                                                  {"hash", hash_of('b')},
                                                  {"parentHash", hash_of('c')},
                                                  {"timestamp", "0x64"},
                                                  {"gasUsed", "0x0"},
                                                  {"gasLimit", "0x1c9c380"},
                                                  {"baseFeePerGas", nullptr},
                                                  {"transactions", {hash_of('a')}}}));
  CHECK(blocks.call("block", {{"block", hash_of('b')}}) == Json{{"number", big("9")},
                                                                {"hash", hash_of('b')},
                                                                {"parent", hash_of('c')},
                                                                {"timestamp", 100},
                                                                {"gas_used", big("0")},
                                                                {"gas_limit", big("30000000")},
                                                                {"transactions", {hash_of('a')}}});
  CHECK(blocks.asked("eth_getBlockByHash") == Json::array({{hash_of('b'), false}}));
  CHECK(always(result_answer(receipt_in("0x5"))).call("receipt", {{"hash", hash_of('a')}}) ==
        Json{{"hash", hash_of('a')},
             {"block", big("5")},
             {"block_hash", hash_of('b')},
             {"status", 1},
             {"gas_used", big("21000")},
             {"fee", big("42000")},
             {"from", kHolder},
             {"address", kToken},
             {"logs", Json::array()}});
  expect_error(Code::option_invalid, [&] { nothing.call("receipt", {{"hash", "0x12"}}); });
}

TEST_CASE("eth.call encodes what it asks and decodes the answer", "[eth]") {
  const CannedNode node = always(result_answer(kWordOf7));
  CHECK(node.call("call", {{"signature", "balanceOf(address) returns (uint256)"},
                           {"args", {kHolder}},
                           {"to", kToken},
                           {"from", kHolder},
                           {"value", "1 gwei"}}) == big("7"));
  const Json sent = node.asked("eth_call").at(0).at(0);
  CHECK(sent == Json{{"to", "0x5fbdb2315678afecb367f032d93f642f64180aa3"},
                     {"from", kHolderLower},
                     {"value", "0x3b9aca00"},
                     {"data", "0x70a08231" + std::string(24, '0') + (kHolderLower + 2)}});
  CHECK(node.call("call", {{"data", "0x01"}, {"to", kToken}}) == kWordOf7);
  CHECK(node.call("estimate", {{"data", "0x01"}}) == big("7"));
  CHECK_THAT(expect_error(Code::abi_data_invalid,
                          [&] {
                            node.call("call", {{"signature", "pause()"}, {"to", kToken}});
                          })
                 .message,
             ContainsSubstring(std::string("pause() of ") + kToken));
  const Error empty = expect_error(Code::abi_data_invalid, [] {
    always(result_answer("0x")).call("call", {{"signature", "f() returns (bool)"}, {"to", kToken}});
  });
  CHECK_THAT(empty.hint, ContainsSubstring("there is no contract at the address"));
}

TEST_CASE("eth.call refuses options that exclude each other", "[eth]") {
  const CannedNode node = always(result_answer("0x"));
  const auto refused = [&](Json options) {
    options["to"] = kToken;
    return expect_error(Code::option_invalid, [&] { node.call("call", options); }).message;
  };
  CHECK_THAT(refused({{"data", "0x"}, {"signature", "f()"}}), ContainsSubstring("the place of"));
  CHECK_THAT(refused({{"args", {1}}}), ContainsSubstring("args are those of a signature"));
  CHECK_THAT(refused({{"signature", "event E()"}}), ContainsSubstring("cannot be called"));
  CHECK(node.requests() == 0);
}

TEST_CASE("A revert is told from what each kind of node says", "[eth]") {
  const std::string unpaid = "0x" + std::string("d3a6fbb6");
  const Json reason = call_error(error_answer(3, "execution reverted", "0x")).detail.at("reason");
  CHECK(reason == "it gave no reason");
  const std::string not_owner = "0x08c379a0" + std::string(62, '0') + "20" + std::string(62, '0') +
                                "09" + "6e6f74206f776e6572" + std::string(46, '0');
  for (const Json& answer :
       {error_answer(3, "execution reverted: not owner", not_owner),
        error_answer(-32603,
                     "Error: VM Exception while processing transaction: reverted with reason",
                     {{"message", "reverted"}, {"data", not_owner}}),
        error_answer(-32015, "VM execution error.", "Reverted " + not_owner)}) {
    const Error error = call_error(answer);
    CHECK(error.message == std::string("pay(uint256) of ") + kToken + " reverted: not owner");
    CHECK(error.detail == Json{{"data", not_owner},
                               {"reason", "not owner"},
                               {"name", "Error"},
                               {"signature", "Error(string)"}});
    CHECK(error.effect == EffectDone::none);
  }
  CHECK_THAT(call_error(error_answer(-32000, "execution reverted")).message,
             ContainsSubstring("it gave no reason"));
  CHECK_THAT(call_error(error_answer(3, "execution reverted", unpaid + "01")).message,
             ContainsSubstring(unpaid));
  CHECK_THAT(call_error(error_answer(3, "execution reverted", "0x0102")).message,
             ContainsSubstring("0x0102"));
  CHECK_THAT(call_error(error_answer(-32000, "insufficient funds"), Code::jsonrpc_error).message,
             ContainsSubstring("eth_call: insufficient funds"));
}

TEST_CASE("A batch is one request, and an error says of which read it is", "[eth]") {
  const CannedNode node = CannedNode([](const std::string& method, const Json&) {
    return method == "eth_call" ? error_answer(3, "execution reverted") : result_answer("0x5");
  });
  const Json balance = {{"read", "balance"}, {"address", kHolder}};
  const Json nonce = {{"read", "nonce"}, {"address", kHolder}, {"block", "pending"}};
  CHECK(node.call("batch", {{"reads", {balance, nonce}}}) == Json::array({big("5"), 5}));
  CHECK(node.requests() == 1);
  CHECK(node.call("batch", {{"reads", Json::array()}}) == Json::array());
  const auto refused = [&](const Json& read, Code code = Code::option_invalid) {
    return expect_error(code, [&] { node.call("batch", {{"reads", {balance, read}}}); }).message;
  };
  CHECK_THAT(
      refused({{"read", "call"}, {"signature", "f()"}, {"to", kToken}}, Code::transaction_reverted),
      ContainsSubstring("eth.batch: read 2: f() of "));
  CHECK(refused({{"read", "balanse"}}) ==
        "eth.batch: read 2: there is no read \"balanse\"; did you mean balance?");
  CHECK(refused({{"read", "balance"}, {"adress", kHolder}}) ==
        "eth.batch: read 2: balance has no option \"adress\"; did you mean address?");
  CHECK_THAT(refused({{"read", "balance"}, {"url", "http://x"}}),
             ContainsSubstring("balance has no option \"url\""));
  refused({{"address", kHolder}});
}

TEST_CASE("eth.wait looks until a transaction is deep enough", "[eth]") {
  const auto node = [](int heads, const std::string& status) {
    return CannedNode([=, head = 3](const std::string& method, const Json&) mutable {
      if (method == "eth_getBlockByNumber") {
        head = std::min(head + 1, heads);
        return result_answer(
            {{"number", hex_number(static_cast<std::uint64_t>(head))}, {"hash", hash_of('b')}});
      }
      return result_answer(head < 4 ? Json() : receipt_in("0x4", status));
    });
  };
  const Json wanted = {{"hash", hash_of('a')}, {"confirmations", 3}, {"timeout", "20s"}};
  CHECK(node(9, "0x1").call("wait", wanted).at("block") == big("4"));
  CHECK_THAT(expect_error(Code::transaction_reverted, [&] { node(9, "0x0").call("wait", wanted); })
                 .message,
             ContainsSubstring(hash_of('a') + " reverted"));
  Json soon = wanted;
  soon["timeout"] = "1ms";
  CHECK_THAT(expect_error(Code::wait_timed_out, [&] { node(5, "0x1").call("wait", soon); }).message,
             ContainsSubstring("is not 3 blocks deep: "));
}

TEST_CASE("Another chain than the one wanted is refused by reads", "[eth]") {
  const CannedNode node = CannedNode([](const std::string& method, const Json&) {
    return method == "eth_getBlockByNumber"
               ? result_answer({{"number", "0x0"}, {"hash", hash_of('b')}})
               : result_answer("0x1");
  });
  expect_error(Code::chain_mismatch, [&] {
    node.call("balance", {{"address", kHolder}, {"chain_id", 5}});
  });
  CHECK(node.asked("eth_getBalance").empty());
  CHECK(node.call("balance", {{"address", kHolder}, {"chain_id", 1}}) == big("1"));
}
