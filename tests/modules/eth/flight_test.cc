// Many transactions of one key at once, in one run and in two, and a step with two sends.
#include <fmt/core.h>
#include <sys/wait.h>

#include "tests/catch.h"
#include "tests/modules/eth/chain_project.h"
#include "tests/modules/eth/fault_proxy.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr int kMany = 64;

/// What receivers of one test begin with: no other account does.
std::string receivers_of(const Account& sender) {
  return "feed" + sender.address.substr(6, 33);
}

/// The n-th receiver of one test; n counts from 1.
std::string receiver_of(const Account& sender, int number) {
  return fmt::format("0x{}{:03x}", receivers_of(sender), number);
}

/// Pays `number` wei to each receiver, all at once.
std::string many_transfers(const Account& sender) {
  return fmt::format(R"lua(
local items = {{}}
for number = 1, {} do
  items[number] = {{ key = 'n' .. number, to = ('0x{}%03x'):format(number):lower(), value = number }}
end
each('pay', items, {{ key = 'key', jobs = {} }}, function(item)
  return chain:transfer {{ to = item.to, value = item.value }}
end)
)lua",
                     kMany, receivers_of(sender), kMany);
}

void check_each_was_paid_once(Node& node, const Account& sender) {
  CHECK(count_of(node, sender.address) == kMany);
  CHECK(waiting_in_pool(node) == 0);
  for (int number = 1; number <= kMany; ++number) {
    CHECK(balance_of(node, receiver_of(sender, number)).text() == std::to_string(number));
  }
}

}  // namespace

TEST_CASE(
    "64 transfers in flight from one key, killed while they are sent, are paid once each, in the "
    "script's order",
    "[chain]") {
  const int sends = GENERATE(1, 20, 63);
  const bool mines = GENERATE(false, true);
  Node node = anvil({"--no-mining"});
  const Account sender = funded_account(node);
  FaultProxy proxy(node.url());
  ChainProject project(proxy.url(), sender.key, many_transfers(sender));
  project.use_fields("in_flight = 64,");
  project.die_at_send(proxy, sends, [&] { mine(node, mines ? 1 : 0); });
  const Ran resumed = project.go_on([&] { mine(node); });
  INFO(sends << " sends\n" << resumed.err);
  REQUIRE(resumed.exit == 0);
  check_each_was_paid_once(node, sender);
  std::uint64_t nonce = 0;
  for (const auto& [found, transaction] : mined_from(node, sender.address)) {
    CHECK(found == nonce);
    ++nonce;
    CHECK(quantity(transaction.at("value")).text() == std::to_string(nonce));
  }
}

TEST_CASE("Two runs of one key at once share its nonces", "[chain]") {
  Node node = anvil({"--no-mining"});
  const Account sender = funded_account(node);
  const std::string first = new_address();
  const std::string second = new_address();
  ChainProject project(node.url(), sender.key, "");
  const auto recipe = [](const std::string& to) {
    return fmt::format(R"lua(
for number = 1, 8 do
  step('pay ' .. number, function() return chain:transfer {{ to = '{}', value = number }} end)
end
)lua",
                       to);
  };
  project.write_recipe(recipe(second), "second.lua");
  project.write_recipe(recipe(first));
  int other = project.start({"run", "second.lua"});
  const Ran ran = project.type({"run", "r.lua"}, [&] { mine(node); });
  int status = 0;
  REQUIRE(eventually([&] {
    mine(node);
    return waitpid(other, &status, WNOHANG) == other;
  }));
  INFO(project.said());
  CHECK(ran.exit == 0);
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(count_of(node, sender.address) == 16);
  CHECK(balance_of(node, first) == Bigint(36));
  CHECK(balance_of(node, second) == Bigint(36));
}

TEST_CASE("A run settles what another run of the same key has left behind, or names that run",
          "[chain]") {
  Node node = anvil({"--no-mining"});
  const Account sender = funded_account(node);
  const std::string first = new_address();
  const std::string second = new_address();
  FaultProxy proxy(node.url());
  ChainProject project(proxy.url(), sender.key, "");
  const auto recipe = [](const std::string& to) {
    return fmt::format(
        "step('pay', function() return chain:transfer {{ to = '{}', value = 7 }} end)\n", to);
  };
  project.write_recipe(recipe(second), "second.lua");
  project.write_recipe(recipe(first));
  proxy.set(Fault::refuse, "eth_sendRawTransaction");
  project.die_at_send(proxy, 2);  // it holds the sender's lease no longer than until the first
  proxy.set(Fault::none, "eth_sendRawTransaction");
  const Ran other = project.type({"run", "second.lua"}, [&] { mine(node); });
  INFO(other.err);
  if (other.exit == 20) {
    CHECK_THAT(other.err, ContainsSubstring("RB1014"));
    CHECK(count_of(node, sender.address) == 0);
  } else {
    CHECK(other.exit == 0);
    CHECK(balance_of(node, second) == Bigint(7));
  }
  const Ran resumed = project.type({"resume"}, [&] { mine(node); });
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(balance_of(node, first) == Bigint(7));
}

TEST_CASE("A step with two sends, killed in the second, repeats neither", "[chain]") {
  Node node = anvil({"--no-mining"});
  const int sends = GENERATE(1, 2);
  const Account sender = funded_account(node);
  const std::string first = new_address();
  const std::string second = new_address();
  FaultProxy proxy(node.url());
  ChainProject project(proxy.url(), sender.key,
                       fmt::format(R"lua(
step('pay both', function()
  chain:transfer {{ to = '{}', value = 1 }}
  chain:transfer {{ to = '{}', value = 2 }}
end)
)lua",
                                   first, second));
  project.die_at_send(proxy, sends, [&] { mine(node); });
  const Ran resumed = project.go_on([&] { mine(node); });
  INFO(resumed.err);
  REQUIRE(resumed.exit == 0);
  CHECK(count_of(node, sender.address) == 2);
  CHECK(balance_of(node, first) == Bigint(1));
  CHECK(balance_of(node, second) == Bigint(2));
}

TEST_CASE("Deployments in flight, killed, have the addresses of the script's order", "[chain]") {
  const int sends = GENERATE(1, 5);
  Node node = anvil({"--no-mining"});
  const Account sender = funded_account(node);
  FaultProxy proxy(node.url());
  ChainProject project(proxy.url(), sender.key, R"lua(
local numbers = { 10, 11, 12, 13, 14, 15, 16, 17 }
output(each('deploy', numbers, { key = function(n) return 'n' .. n end, jobs = 8 }, function(number)
  return chain:deploy { artifact = 'artifacts/Counter.json', args = { number } }.address
end))
)lua");
  project.die_at_send(proxy, sends);
  const Ran resumed = project.go_on([&] { mine(node); });
  INFO(resumed.err);
  REQUIRE(resumed.exit == 0);
  CHECK(count_of(node, sender.address) == 8);
  for (int number = 0; number < 8; ++number) {
    const std::string address = created_address(sender.address, static_cast<std::uint64_t>(number));
    CHECK(read_number(node, address, "value()") == Bigint(10 + number));
    CHECK_THAT(resumed.err, ContainsSubstring(fmt::format("n{}: {}", 10 + number, address)));
  }
}

TEST_CASE("Two runs that top up the same address at once fill it once", "[chain]") {
  Node node = anvil({"--no-mining"});
  const Account sender = funded_account(node);
  const Account other = funded_account(node);
  const std::string to = new_address();
  const std::string recipe = fmt::format(
      "step('fund', function() return chain:top_up {{ to = '{}', target = eth.ether(2) }} end)\n",
      to);
  ChainProject project(node.url(), sender.key, recipe);
  const int pid = project.start({"run", "r.lua"});
  project.use_key(other.key);
  const Ran ran = project.type({"run", "r.lua"}, [&] { mine(node); });
  int status = 0;
  REQUIRE(eventually([&] {
    mine(node);
    return waitpid(pid, &status, WNOHANG) == pid;
  }));
  INFO(project.said());
  CHECK(ran.exit == 0);
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(balance_of(node, to) == Bigint::parse("2 ether"));
  CHECK(count_of(node, sender.address) + count_of(node, other.address) == 1);
}
