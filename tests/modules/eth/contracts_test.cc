// Contracts of tests/contracts on anvil: linked, with immutables, and refusing in every way.
#include <fmt/core.h>

#include "tests/catch.h"
#include "tests/modules/eth/chain_project.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// Deploys the contract that refuses, and does `call` with it, which fails the run.
std::string refused(const std::string& call) {
  Node node = anvil();
  const Account sender = funded_account(node);
  ChainProject project(node.url(), sender.key, R"lua(
local reverter = step('deploy', function() return chain:deploy { artifact = 'artifacts/Reverter.json' } end)
local contract = chain:contract('artifacts/Reverter.json', reverter.address)
step('refused', function() return )lua" + call + " end)\n");
  const Ran ran = project.type({"run", "r.lua"});
  INFO(call << "\n" << ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("RB1010"));
  return ran.err;
}

}  // namespace

TEST_CASE("A reason, a custom error and a panic are told in words, of reads and of sends",
          "[chain]") {
  for (const char* contract : {"contract:", "contract.send:"}) {
    const std::string before = contract;
    CHECK_THAT(refused(before + "withReason()"),
               ContainsSubstring("not today") && ContainsSubstring("withReason"));
    CHECK_THAT(refused(before + "withError(42)"),
               ContainsSubstring("Closed(") && ContainsSubstring("42"));
    CHECK_THAT(refused(before + "withPanic(0)"),
               ContainsSubstring("0x12") || ContainsSubstring("division"));
    refused(before + "withNothing()");
  }
}

TEST_CASE("A transaction that reverts on the chain is failed, decoded, and its nonce used up once",
          "[chain]") {
  Node node = anvil();
  const Account sender = funded_account(node);
  ChainProject project(node.url(), sender.key, R"lua(
local reverter = step('deploy', function() return chain:deploy { artifact = 'artifacts/Reverter.json' } end)
local contract = chain:contract('artifacts/Reverter.json', reverter.address)
step('close', function() return contract.send:close(true) end)
step('enter', function() return contract:with { gas = 100000 }.send:enter() end)
)lua");
  const Ran ran = project.type({"run", "r.lua"});
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("RB1010") && ContainsSubstring("Closed(") &&
                          ContainsSubstring("enter"));
  CHECK(count_of(node, sender.address) == 3);
  const Ran again = project.type({"resume"});
  INFO(again.err);
  CHECK(again.exit == 1);
  CHECK(count_of(node, sender.address) == 4);
}

TEST_CASE("A creation that is refused is failed with its reason", "[chain]") {
  Node node = anvil();
  const Account sender = funded_account(node);
  ChainProject project(node.url(), sender.key, R"lua(
step('deploy', function() return chain:deploy { artifact = 'artifacts/Stillborn.json', args = { 5 } } end)
)lua");
  const Ran ran = project.type({"run", "r.lua"});
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("too little"));
  CHECK(count_of(node, sender.address) == 0);
}

TEST_CASE("A contract that needs a library is linked with it, and immutables are set", "[chain]") {
  Node node = anvil();
  const Account sender = funded_account(node);
  ChainProject project(node.url(), sender.key,
                       fmt::format(R"lua(
local library = step('library', function()
  return chain:deploy {{ artifact = 'artifacts/Doubling.json' }}
end)
local linked = step('linked', function()
  return chain:deploy {{ artifact = 'artifacts/Linked.json', libraries = {{ Doubling = library.address }} }}
end)
local fixed = step('fixed', function()
  return chain:deploy {{ artifact = 'artifacts/Fixed.json', args = {{ owner_ = '{}', limit_ = 9 }} }}
end)
step('look', function()
  local doubled = chain:contract('artifacts/Linked.json', linked.address):doubled(21)
  local limit = chain:contract('artifacts/Fixed.json', fixed.address):limit()
  note('doubled ' .. tostring(doubled) .. ', limit ' .. tostring(limit))
end)
step('fail', function() fail 'not yet' end)
)lua",
                                   kSecondAccount));
  const Ran ran = project.type({"run", "r.lua"});
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("doubled 42, limit 9"));
  // The code with its immutables and its library is no false alarm.
  const Ran resumed = project.type({"resume"});
  INFO(resumed.err);
  CHECK(resumed.exit == 1);
  CHECK(count_of(node, sender.address) == 3);
}
