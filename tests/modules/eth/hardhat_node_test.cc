// On the node of Hardhat 2, which signs nothing for others (-32004) and mines with each
// transaction.
#include <fmt/core.h>

#include "tests/catch.h"
#include "tests/modules/eth/chain_project.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// Deploys and pays on the first account's behalf, and is killed at the n-th send; 0 is not at all.
void deploys_and_pays(const std::string& who, int send, const std::string& method) {
  Node node = hardhat_node();
  FaultProxy proxy(node.url());
  const std::string to = new_address();
  ChainProject project(proxy.url(), kFirstKey,
                       fmt::format(R"lua(
chain = eth.chain {{ url = url, {} }}
step('deploy', function()
  return chain:deploy {{ artifact = 'artifacts/Counter.json', args = {{ 5 }} }}
end)
step('pay', function() return chain:transfer {{ to = '{}', value = 7 }} end)
)lua",
                                   who, to));
  if (send > 0) {
    project.die_at_send(
        proxy, send, [] {}, method);
  }
  const Ran ran = send > 0 ? project.go_on() : project.type({"run", "r.lua"});
  INFO(who << ", " << send << "\n" << ran.err);
  CHECK(ran.exit == 0);
  CHECK(count_of(node, kFirstAccount) == 2);
  CHECK(read_number(node, created_address(kFirstAccount, 0), "value()") == Bigint(5));
  CHECK(balance_of(node, to) == Bigint(7));
}

}  // namespace

TEST_CASE("On the node of Hardhat, an unlocked account deploys and pays once, killed at any send",
          "[.hardhat]") {
  const int send = GENERATE(0, 1, 2);
  deploys_and_pays(fmt::format("account = '{}'", kFirstAccount), send, "eth_sendTransaction");
}

TEST_CASE("On the node of Hardhat, a key deploys and pays once, killed at any send", "[.hardhat]") {
  const int send = GENERATE(0, 1, 2);
  deploys_and_pays("key = secret('sender', { env = 'SENDER_KEY' })", send,
                   "eth_sendRawTransaction");
}
