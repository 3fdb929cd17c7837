// Killed at any instant, on a chain that mines only when it is told to: each effect happens once,
// nonces are contiguous, and contracts have the addresses that an uninterrupted run gives them.
#include <fmt/core.h>
#include <signal.h>

#include "tests/catch.h"
#include "tests/modules/eth/chain_project.h"
#include "tests/modules/eth/fault_proxy.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr int kKilled = 128 + SIGKILL;

/// One way to act, as a recipe, and how the chain shows that it happened once.
struct Kind {
  std::string name;
  std::string recipe;  ///< {} is the receiver
  std::uint64_t transactions = 1;
  std::function<void(Node&, const Account& sender, const std::string& receiver)> check;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"deploy", R"lua(
step('deploy', function() return chain:deploy {{ artifact = 'artifacts/Counter.json', args = {{ 5 }} }} end)
-- {}
)lua",
       1,
       [](Node& node, const Account& sender, const std::string&) {
         CHECK(read_number(node, created_address(sender.address, 0), "value()") == Bigint(5));
       }},
      {"call", R"lua(
local counter = step('deploy', function()
  return chain:deploy {{ artifact = 'artifacts/Counter.json', args = {{ 5 }} }}
end)
step('add', function()
  return chain:send {{ to = counter.address, data = eth.encode_call {{ 'add(uint256)', {{ 3 }} }} }}
end)
-- {}
)lua",
       2,
       [](Node& node, const Account& sender, const std::string&) {
         const std::string counter = created_address(sender.address, 0);
         CHECK(read_number(node, counter, "value()") == Bigint(8));
         CHECK(read_number(node, counter, "calls()") == Bigint(1));
       }},
      {"transfer", R"lua(
step('pay', function() return chain:transfer {{ to = '{}', value = eth.ether '1.5' }} end)
)lua",
       1,
       [](Node& node, const Account&, const std::string& receiver) {
         CHECK(balance_of(node, receiver) == Bigint::parse("1.5 ether"));
       }},
      {"top_up", R"lua(
step('fund', function() return chain:top_up {{ to = '{}', target = eth.ether(2) }} end)
)lua",
       1, [](Node& node, const Account&, const std::string& receiver) {
         CHECK(balance_of(node, receiver) == Bigint::parse("2 ether"));
       }}};
  return all;
}

/// A sender, a receiver and a project of this kind on the node.
struct Trial {
  Trial(Node& on, const Kind& of, const std::string& url)
      : node(on),
        kind(of),
        sender(funded_account(on)),
        project(url, sender.key, fmt::format(fmt::runtime(of.recipe), receiver)) {}

  void check_chain() const {
    CHECK(count_of(node, sender.address) == kind.transactions);
    CHECK(count_of(node, sender.address, "pending") == kind.transactions);
    kind.check(node, sender, receiver);
  }

  Node& node;
  const Kind& kind;
  const Account sender;
  const std::string receiver = new_address();
  ChainProject project;
};

/// Kills the engine at each event of a run in turn; resumes; checks the chain.
void kill_everywhere(Node& node, const Kind& kind, const std::string& point) {
  int event = 1;
  for (;; ++event) {
    Trial trial(node, kind, node.url());
    const Ran killed = trial.project.die_at(point, event, [&] { mine(node); });
    INFO(kind.name << ": " << point << " " << event << "\n" << killed.err);
    if (killed.exit == 0) {
      trial.check_chain();
      break;
    }
    REQUIRE(killed.exit == kKilled);
    const Ran resumed = trial.project.go_on([&] { mine(node); });
    INFO(resumed.err);
    REQUIRE(resumed.exit == 0);
    trial.check_chain();
  }
  CHECK(event > 6);
}

}  // namespace

TEST_CASE("Killed before or after any event, a deployment happens once", "[chain]") {
  Node node = anvil({"--no-mining"});
  kill_everywhere(node, kinds()[0], GENERATE("before_append", "after_append", "after_commit"));
}

TEST_CASE("Killed before or after any event, a call happens once", "[chain]") {
  Node node = anvil({"--no-mining"});
  kill_everywhere(node, kinds()[1], GENERATE("before_append", "after_commit"));
}

TEST_CASE("Killed before or after any event, a transfer happens once", "[chain]") {
  Node node = anvil({"--no-mining"});
  kill_everywhere(node, kinds()[2], GENERATE("before_append", "after_append", "after_commit"));
}

TEST_CASE("Killed before or after any event, a top-up happens once", "[chain]") {
  Node node = anvil({"--no-mining"});
  kill_everywhere(node, kinds()[3], GENERATE("before_append", "after_append", "after_commit"));
}

TEST_CASE(
    "Killed when the node has a transaction and the journal does not know, each kind happens once",
    "[chain]") {
  Node node = anvil({"--no-mining"});
  for (const Kind& kind : kinds()) {
    for (const bool is_mined : {false, true}) {
      FaultProxy proxy(node.url());
      Trial trial(node, kind, proxy.url());
      trial.project.die_at_send(proxy, static_cast<int>(kind.transactions), [&] {
        if (count_of(node, trial.sender.address) + 1 < kind.transactions) {  // all but the last
          mine(node);
        }
      });
      if (is_mined) {
        mine(node);
      } else {
        CHECK(waiting_in_pool(node) == 1);
      }
      const Ran resumed = trial.project.go_on([&] { mine(node); });
      INFO(kind.name << (is_mined ? ", mined\n" : ", pending\n") << resumed.err);
      REQUIRE(resumed.exit == 0);
      trial.check_chain();
    }
  }
}

TEST_CASE("A deployment killed between its intent and its send is sent by a resume, by itself",
          "[chain]") {
  Node node = anvil({"--no-mining"});
  FaultProxy proxy(node.url());
  Trial trial(node, kinds()[0], proxy.url());
  proxy.set(Fault::refuse, "eth_sendRawTransaction");
  trial.project.die_at_send(proxy, 1);
  REQUIRE(waiting_in_pool(node) == 0);
  proxy.set(Fault::none, "eth_sendRawTransaction");
  const Ran resumed = trial.project.go_on([&] { mine(node); });
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  trial.check_chain();
}

TEST_CASE(
    "A deployment killed after its send, and forgotten by the node, is sent again by a resume",
    "[chain]") {
  Node node = anvil({"--no-mining"});
  FaultProxy proxy(node.url());
  Trial trial(node, kinds()[0], proxy.url());
  trial.project.die_at_send(proxy, 1);
  REQUIRE(waiting_in_pool(node) == 1);
  node.call("anvil_dropAllTransactions");
  const Ran resumed = trial.project.go_on([&] { mine(node); });
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  trial.check_chain();
}

TEST_CASE("Killed at every send and again in each resume, a deployment and a call happen once",
          "[chain]") {
  Node node = anvil({"--no-mining"});
  FaultProxy proxy(node.url());
  Trial trial(node, kinds()[1], proxy.url());
  trial.project.die_at_send(proxy, 1);
  trial.project.die_again_at(proxy, "eth_getTransactionReceipt");
  const Ran resumed = trial.project.go_on([&] { mine(node); });
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  trial.check_chain();
}
