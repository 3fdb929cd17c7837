// On geth, whose pool answers as a public chain's does: it parks what pays too little, refuses
// replacements that pay too little more, and forgets blocks when it is killed.
#include <fmt/core.h>
#include <signal.h>
#include <sys/wait.h>

#include <sstream>

#include "engine/base/hash.h"
#include "modules/eth/address.h"
#include "modules/eth/key.h"
#include "modules/eth/transaction.h"
#include "tests/catch.h"
#include "tests/modules/eth/chain_project.h"

using namespace runbook;
using namespace runbook::test;

namespace {

std::string deploy_and_pay_on_geth(const std::string& to) {
  return fmt::format(R"lua(
local counter = step('deploy', function()
  return chain:deploy {{ artifact = 'artifacts/Counter.json', args = {{ 5 }} }}
end)
step('pay', function() return chain:transfer {{ to = '{}', value = 7 }} end)
output {{ counter = counter.address }}
)lua",
                     to);
}

/// By kind, the first event of a run: each line of `--output json` is an event.
std::map<std::string, int> first_events(const std::string& lines) {
  std::map<std::string, int> first;
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);) {
    const Json event = Json::parse(line, nullptr, false);
    if (event.is_object() && event.contains("seq")) {
      first.emplace(event.at("type").get<std::string>(), event.at("seq").get<int>());
    }
  }
  return first;
}

/// What another user of the wallet sends, by its hash.
std::string send_beside(Node& node, const Account& sender, std::uint64_t nonce,
                        const std::string& to, const std::string& max_fee, const std::string& tip) {
  Transaction transaction{.kind = Transaction::Kind::base_fee, .chain_id = Bigint(1337)};
  transaction.nonce = Bigint(static_cast<std::int64_t>(nonce));
  transaction.gas = Bigint(21'000);
  transaction.max_fee = Bigint::parse(max_fee);
  transaction.max_priority_fee = Bigint::parse(tip);
  transaction.to = parse_address(to);
  transaction.value = Bigint(1);
  const PrivateKey key = PrivateKey::parse(sender.key);
  const std::string raw =
      signed_bytes(transaction, key.sign(keccak256(unsigned_bytes(transaction))));
  return node.call("eth_sendRawTransaction", {"0x" + to_hex(raw)}).get<std::string>();
}

}  // namespace

TEST_CASE("On geth, killed at each kind of event, a deployment and a transfer happen once",
          "[.geth]") {
  Node node = geth(1);
  std::string whole;
  {
    const Account sender = funded_on_geth(node);
    ChainProject project(node.url(), sender.key, deploy_and_pay_on_geth(new_address()));
    const Ran ran = project.type({"run", "r.lua", "--output", "json"});
    INFO(ran.err);
    REQUIRE(ran.exit == 0);
    whole = ran.err;
  }
  const std::map<std::string, int> events = first_events(whole);
  CHECK(events.size() > 6);
  for (const auto& [kind, event] : events) {
    const Account sender = funded_on_geth(node);
    const std::string to = new_address();
    ChainProject project(node.url(), sender.key, deploy_and_pay_on_geth(to));
    const Ran killed = project.die_at("after_commit", event);
    INFO(kind << "\n" << killed.err);
    CHECK(killed.exit == 128 + SIGKILL);
    const Ran resumed = project.go_on();
    INFO(resumed.err);
    CHECK(resumed.exit == 0);
    CHECK(count_of(node, sender.address) == 2);
    CHECK(read_number(node, created_address(sender.address, 0), "value()") == Bigint(5));
    CHECK(balance_of(node, to) == Bigint(7));
  }
}

TEST_CASE(
    "On geth, a nonce whose place in the pool another transaction has is settled when one is mined",
    "[.geth]") {
  Node node = geth(3);
  const Account sender = funded_on_geth(node);
  const std::string to = new_address();
  const std::string thief = new_address();
  // In front of the run's: the run takes the nonce after it, whatever comes of it.
  send_beside(node, sender, 0, thief, "100 gwei", "50 gwei");
  ChainProject project(node.url(), sender.key, deploy_and_pay_on_geth(to));
  const Ran ran = project.type({"run", "r.lua"});
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK(count_of(node, sender.address) == 3);
  CHECK(has_code(node, created_address(sender.address, 1)));
  CHECK(balance_of(node, to) == Bigint(7));
}

TEST_CASE("On geth, a stolen nonce is noticed although the pool refused the replacement",
          "[.geth]") {
  Node node = geth(4);
  const Account sender = funded_on_geth(node);
  const std::string to = new_address();
  const std::string thief = new_address();
  FaultProxy proxy(node.url());
  ChainProject project(proxy.url(), sender.key, deploy_and_pay_on_geth(to));
  // Killed before the node has it; then somebody else takes the nonce, at a price that the run's
  // bytes do not reach.
  proxy.set(Fault::refuse, "eth_sendRawTransaction");
  project.die_at_send(proxy, 1);
  proxy.set(Fault::none, "eth_sendRawTransaction");
  send_beside(node, sender, 0, thief, "100 gwei", "50 gwei");
  const Ran resumed = project.go_on();
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(count_of(node, sender.address) == 3);
  CHECK(balance_of(node, thief) == Bigint(1));
  CHECK(has_code(node, created_address(sender.address, 1)));
  CHECK(balance_of(node, to) == Bigint(7));
}

TEST_CASE("On geth, another chain's id is refused before anything is sent", "[.geth]") {
  Node node = geth(1);
  const Account sender = funded_on_geth(node);
  ChainProject project(node.url(), sender.key, deploy_and_pay_on_geth(new_address()));
  project.use_fields("chain_id = 1,");
  const Ran ran = project.type({"run", "r.lua"});
  INFO(ran.err);
  CHECK(ran.exit == 12);
  CHECK_THAT(ran.err, ContainsSubstring("RB1016"));
  CHECK(count_of(node, sender.address, "pending") == 0);
}

TEST_CASE("On geth, killed with its last blocks lost, what was to be confirmed is sent again",
          "[.geth]") {
  Node node = geth(1);
  const Account sender = funded_on_geth(node);
  const std::string to = new_address();
  // What is behind the sender's ether is written when geth ends in order, and stays.
  node.stop();
  node.start();
  ChainProject project(node.url(), sender.key, deploy_and_pay_on_geth(to));
  project.use_fields("confirmations = 4,");
  const int pid = project.start({"run", "r.lua"});
  REQUIRE(eventually([&] { return count_of(node, sender.address) == 1; }));
  const Bigint before = quantity(node.call("eth_blockNumber"));
  node.kill();
  node.start();
  CHECK(quantity(node.call("eth_blockNumber")) < before);
  const int exit = wait_for(pid);
  INFO(project.said());
  CHECK(exit == 0);
  CHECK(count_of(node, sender.address) == 2);
  CHECK(has_code(node, created_address(sender.address, 0)));
  CHECK(balance_of(node, to) == Bigint(7));
}
