// The target of a handle: chain, sender, and whether what the run did is still there.
#include "modules/eth/anchors.h"
#include "tests/base/expect_error.h"
#include "tests/modules/eth/canned_node.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr const char* kDeployerKey =
    "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
constexpr const char* kDeployer = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
constexpr const char* kCreated = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

std::string digits_of(char digit) {
  return "0x" + std::string(64, digit);
}

/// What happened on a chain whose genesis is 0xgggg…: two transactions, and what a reset took.
struct Chain {
  char genesis = 'e';
  std::uint64_t id = 31337;
  std::uint64_t head = 9;
  char block_of_5 = '5';  ///< its hash
  bool has_code = true;
  bool has_first = true, has_second = true;  ///< receipts

  Json block(const std::string& number) const {
    const std::string hash = number == "0x0"   ? digits_of(genesis)
                             : number == "0x5" ? digits_of(block_of_5)
                                               : digits_of('9');
    return {{"number", number == "latest" ? hex_number(head) : number}, {"hash", hash}};
  }
  CannedNode node() const {
    return CannedNode([chain = *this](const std::string& method, const Json& params) -> Json {
      if (method == "eth_chainId") {
        return {{"result", hex_number(chain.id)}};
      }
      if (method == "eth_getCode") {
        return {{"result", chain.has_code ? "0x60" : "0x"}};
      }
      if (method == "eth_getBlockByNumber") {
        return {{"result", chain.block(params.at(0))}};
      }
      const bool is_there = params.at(0) == digits_of('1') ? chain.has_first : chain.has_second;
      return {{"result", is_there ? Json{{"status", "0x1"}} : Json()}};
    });
  }
};

Json call_in(const std::string& step, const std::string& block, char hash, const Json& address) {
  return {{"step", step},
          {"chain_id", 31337},
          {"genesis", digits_of('e')},
          {"hash", digits_of(hash)},
          {"block", block},
          {"block_hash", digits_of(block == "5" ? '5' : '3')},
          {"address", address}};
}

const Json kCalls = {call_in("deploy", "3", '1', kCreated), call_in("pay", "5", '2', nullptr)};

Json verified(const Chain& chain, const Json& calls = kCalls) {
  const CannedNode node = chain.node();
  const Json recorded = {{"chain_id", 31337}, {"genesis", digits_of('e')}, {"sender", kDeployer}};
  return node.call("verify", {{"key", kDeployerKey}, {"recorded", recorded}, {"calls", calls}});
}

}  // namespace

TEST_CASE("eth.connect says which chain it is, and who would send", "[eth]") {
  const CannedNode node = Chain().node();
  CHECK(node.call("connect", Json::object()) ==
        Json{{"chain_id", 31337}, {"genesis", digits_of('e')}});
  CHECK(node.call("connect", {{"key", kDeployerKey}}).at("sender") == kDeployer);
  CHECK(node.call("connect", {{"account", kDeployer}}).at("sender") == kDeployer);
  const Error error = expect_error(Code::chain_mismatch, [&] {
    node.call("connect", {{"chain_id", 1}});
  });
  CHECK_THAT(error.message, ContainsSubstring("serves chain 31337, not chain 1"));
}

TEST_CASE("eth.verify accepts the chain that has all the run did", "[eth]") {
  CHECK(verified({}) == true);
  CHECK(verified({}, Json::array()) == true);
  CHECK(verified({.head = 4, .block_of_5 = 'f'}, Json::array()) == true);
}

TEST_CASE("eth.verify refuses another chain and another sender", "[eth]") {
  CHECK_THAT(verified({.id = 5}).at("message").get<std::string>(),
             ContainsSubstring("the run began on chain 31337 (genesis 0xee") &&
                 ContainsSubstring("and the node serves chain 5"));
  CHECK_THAT(verified({.genesis = 'd'}).at("message").get<std::string>(),
             ContainsSubstring("(genesis 0xdd"));
  const Json sender = Chain().node().call(
      "verify",
      {{"account", kCreated},
       {"recorded", {{"chain_id", 31337}, {"genesis", digits_of('e')}, {"sender", kDeployer}}}});
  CHECK(sender.at("message") ==
        std::string("the run began with the sender ") + kDeployer + ", now it is " + kCreated);
}

TEST_CASE("eth.verify names the first step whose effect is gone", "[eth]") {
  const Json all =
      verified({.head = 2, .block_of_5 = 'f', .has_first = false, .has_second = false});
  CHECK(all.at("step") == "deploy");
  CHECK(all.at("message") == std::string("the contract at ") + kCreated +
                                 " of step \"deploy\" is not on the chain any more: the node's "
                                 "newest block is 2, and it was in block 3");
  const Json last = verified({.block_of_5 = 'f', .has_second = false});
  CHECK(last.at("step") == "pay");
  CHECK(last.at("message") == "transaction " + digits_of('2') +
                                  " of step \"pay\" is not on the chain any more: it was in block "
                                  "5");
  CHECK(verified({.has_code = false}).at("step") == "deploy");
}

TEST_CASE("A transaction that came back in another block is there", "[eth]") {
  CHECK(verified({.block_of_5 = 'f'}) == true);
}

TEST_CASE("Only what is in a block of this chain is looked for", "[eth]") {
  Json other = call_in("elsewhere", "7", '7', nullptr);
  other["genesis"] = digits_of('d');
  const Json nothing = {{"step", "enough"}, {"chain_id", 31337}, {"genesis", digits_of('e')}};
  const ChainIdentity chain{.chain_id = 31337, .genesis = digits_of('e')};
  const std::vector<SettledCall> settled = settled_calls({other, nothing, kCalls[0]}, chain);
  REQUIRE(settled.size() == 1);
  CHECK(settled[0].step == "deploy");
  CHECK(newest_of(settled_calls(kCalls, chain)).step == "pay");
}
