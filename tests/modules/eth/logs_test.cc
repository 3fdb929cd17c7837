// Which logs are asked for, in which ranges, and how they are decoded.
#include <algorithm>

#include "engine/base/hash.h"
#include "modules/eth/chain_client.h"
#include "modules/eth/log_filter.h"
#include "tests/base/expect_error.h"
#include "tests/modules/eth/canned_node.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr const char* kLogging = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
constexpr const char* kTransfer =
    "Transfer(address indexed from, address indexed to, uint256 value)";
const std::string kTopic = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

std::string word_of(const std::string& digits) {
  return "0x" + std::string(64 - digits.size(), '0') + digits;
}

Json topics(const Json& options) {
  ArtifactFiles files;
  return log_filter(options, files).filter.value("topics", Json());
}

Json log_in(std::uint64_t block) {
  return {{"address", kLogging},
          {"blockNumber", hex_number(block)},
          {"blockHash", "0x" + std::string(64, 'b')},
          {"transactionHash", "0x" + std::string(64, 'a')},
          {"logIndex", "0x0"},
          {"topics", {kTopic, word_of("1"), word_of("2")}},
          {"data", word_of("7")}};
}

/// A log in each block up to 20; `most` blocks at a time.
CannedNode node_with_limit(std::uint64_t most) {
  return CannedNode([most](const std::string& method, const Json& params) -> Json {
    if (method != "eth_getLogs") {
      return {{"result", {{"number", "0x14"}, {"hash", "0x" + std::string(64, 'b')}}}};
    }
    const std::uint64_t first = node_number(params.at(0).at("fromBlock"));
    const std::uint64_t last = node_number(params.at(0).at("toBlock"));
    if (last - first >= most) {
      return {{"error", {{"code", -32000}, {"message", "block range is too wide"}}}};
    }
    Json logs = Json::array();
    for (std::uint64_t block = first; block <= last; ++block) {
      logs.push_back(log_in(block));
    }
    return {{"result", logs}};
  });
}

}  // namespace

TEST_CASE("Logs are asked for by event and indexed arguments", "[eth]") {
  CHECK(topics(Json::object()).is_null());
  CHECK(topics({{"event", kTransfer}}) == Json::array({kTopic}));
  CHECK(topics({{"event", "Transfer"}, {"abi", {kTransfer}}}) == Json::array({kTopic}));
  CHECK(topics({{"event", kTransfer}, {"where", {{"to", kLogging}}}}) ==
        Json{kTopic, nullptr, word_of("5fbdb2315678afecb367f032d93f642f64180aa3")});
  const Json any = topics({{"event", "Paused(uint8 indexed level, string indexed why)"},
                           {"where", {{"level", {1, 2}}, {"why", "fire"}}}});
  CHECK(any.at(1) == Json{word_of("1"), word_of("2")});
  CHECK(any.at(2) == "0x" + to_hex(keccak256("fire")));
  CHECK(topics({{"event", "event Quiet(uint8 indexed level) anonymous"},
                {"where", {{"level", 3}}}}) == Json::array({word_of("3")}));
  ArtifactFiles files;
  CHECK(log_filter({{"address", {kLogging, kLogging}}}, files).filter.at("address").size() == 2);
}

TEST_CASE("What no log can be asked for by is refused", "[eth]") {
  const auto refused = [](const Json& options, Code code = Code::option_invalid) {
    return expect_error(code, [&] { topics(options); }).message;
  };
  CHECK(refused({{"event", kTransfer}, {"where", {{"too", kLogging}}}}) ==
        "where: Transfer(address,address,uint256) has no indexed argument \"too\"; did you mean "
        "to?");
  CHECK_THAT(refused({{"event", kTransfer}, {"where", {{"value", 1}}}}),
             ContainsSubstring("no indexed argument \"value\""));
  CHECK_THAT(refused({{"event", "Many(uint8[2] indexed list)"}, {"where", {{"list", {1, 2}}}}}),
             ContainsSubstring("a log has but a hash of list"));
  CHECK_THAT(refused({{"where", {{"to", kLogging}}}}), ContainsSubstring("where needs an event"));
  refused({{"event", "Transfer"}, {"abi", {"Paused(uint8 level)"}}}, Code::abi_entry_unclear);
  refused({{"event", kTransfer}, {"where", {{"to", 7}}}}, Code::abi_value_invalid);
}

TEST_CASE("A log of another event of the same name stays as it is", "[eth]") {
  ArtifactFiles files;
  const LogFilter filter = log_filter({{"event", kTransfer}}, files);
  const Json decoded = decoded_log(filter, log_in(3));
  CHECK(decoded.at("name") == "Transfer");
  CHECK(decoded.at("arguments").at("value") == Json{{"$bigint", "7"}});
  CHECK(decoded.at("block") == Json{{"$bigint", "3"}});
  Json of_token = log_in(3);
  of_token["topics"].push_back(word_of("7"));
  of_token["data"] = "0x";
  CHECK_FALSE(decoded_log(filter, of_token).contains("name"));
}

TEST_CASE("A range that a node refuses is asked for in parts", "[eth]") {
  for (const std::uint64_t most : {1U, 3U, 8U, 100U}) {
    const CannedNode node = node_with_limit(most);
    const Json logs = node.call("logs", {{"event", kTransfer}, {"from_block", 2}});
    REQUIRE(logs.size() == 19);
    for (std::size_t i = 0; i < logs.size(); ++i) {
      CHECK(logs[i].at("block") == Json{{"$bigint", std::to_string(i + 2)}});
    }
    CHECK(node.asked("eth_getLogs").size() <= 25);
  }
  CHECK(node_with_limit(100).call("logs", {{"from_block", 5}, {"to_block", 6}}).size() == 2);
  CHECK(node_with_limit(100).call("logs", {{"from_block", 30}}).empty());
}

TEST_CASE("A node that refuses a single block is believed", "[eth]") {
  const CannedNode node = node_with_limit(0);
  CHECK_THAT(expect_error(Code::jsonrpc_error,
                          [&] {
                            node.call("logs", {{"from_block", 2}});
                          })
                 .message,
             ContainsSubstring("eth_getLogs: block range is too wide"));
  const CannedNode without = CannedNode([](const std::string&, const Json&) -> Json {
    return {{"error", {{"code", -32601}, {"message", "no such method"}}}};
  });
  expect_error(Code::jsonrpc_error, [&] {
    without.call("logs", {{"from_block", 0}, {"to_block", 9}});
  });
  CHECK(without.requests() == 1);
}
