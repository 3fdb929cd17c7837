// The handle as recipes use it, on anvil.
#include <fstream>

#include "tests/catch.h"
#include "tests/modules/eth/chain_project.h"
#include "tests/modules/eth/vectors.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// One run of a recipe that has `chain`, on a node of its own.
struct Acted {
  explicit Acted(const std::string& recipe)
      : project(node.url(), sender.key, recipe), ran(project.type({"run", "r.lua"})) {}

  Node node = anvil();
  const Account sender = funded_account(node);
  ChainProject project;
  const Ran ran;
};

constexpr const char* kCoin = R"lua(
local coin = step('deploy the coin', function()
  return chain:deploy { artifact = 'artifacts/Coin.json', args = { 'Coin', 'C', '1000' } }
end)
local token = chain:contract('artifacts/Coin.json', coin.address)
local friend = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
)lua";

}  // namespace

TEST_CASE("A contract has its functions as methods that read and that send", "[chain]") {
  const Acted acted(std::string(kCoin) + R"lua(
step('pay', function()
  return token.send:transfer(friend, 7)
end)
local seen = step('look', function()
  local found = chain:batch {
    { read = 'call', to = token.address, signature = 'balanceOf', args = { friend },
      abi = 'artifacts/Coin.json' },
    { read = 'balance', address = friend },
  }
  assert(found[1] == token:balanceOf(friend) and found[2] == chain:balance(friend))
  assert(token['balanceOf(address)'](token, friend) == 7)
  assert(token.estimate:transfer(friend, 1) > 21000)
  assert(token:with({ block = coin.block }):balanceOf(friend) == 0)
  return {
    name = token:name(),
    decimals = token:decimals(),
    balance = token:balanceOf(friend),
    events = token:logs { 'Transfer', where = { to = friend }, from_block = coin.block },
  }
end)
assert(#seen.events == 1 and seen.events[1].arguments.value == 7)
output { balance = tostring(seen.balance), decimals = seen.decimals, name = seen.name }
)lua");
  INFO(acted.ran.err);
  CHECK(acted.ran.exit == 0);
  CHECK_THAT(acted.ran.err, ContainsSubstring("balance: 7\ndecimals: 18\nname: Coin\n"));
}

TEST_CASE("A contract that refuses says so in its own words", "[chain]") {
  const Acted acted(std::string(kCoin) + R"lua(
step('pay', function()
  return token.send:transfer(friend, 1001)
end)
)lua");
  CHECK(acted.ran.exit == 1);
  CHECK_THAT(acted.ran.err, ContainsSubstring("RB1010") &&
                                ContainsSubstring("InsufficientBalance") &&
                                ContainsSubstring("balance = 1000, needed = 1001"));
}

TEST_CASE("Methods are called with a colon and by names of the ABI", "[chain]") {
  Acted acted(std::string(kCoin) + R"lua(
step('mistakes', function()
  local _, dotted = pcall(function() return token.balanceOf(friend) end)
  local _, unknown = pcall(function() return token:balanceof(friend) end)
  return { tostring(dotted), unknown.message }
end)
)lua");
  INFO(acted.ran.err);
  REQUIRE(acted.ran.exit == 0);
  const Ran shown = acted.project.type({"show", "@last", "mistakes"});
  CHECK_THAT(shown.err, ContainsSubstring("called with a colon: contract:balanceOf(…)") &&
                            ContainsSubstring("did you mean balanceOf?"));
}

TEST_CASE("Of an ABI that is data only what a call needs is recorded with it", "[chain]") {
  Acted acted(std::string(kCoin) + R"lua(
local artifact = step('read', function()
  return require('json').decode(require('fs').read 'artifacts/Coin.json')
end)
step('pay', function()
  chain:contract(artifact, token.address).send:transfer(friend, 7)
end)
step('pay too much', function()
  local listed = chain:contract(artifact.abi, token.address)
  return listed.send['transfer(address,uint256)'](listed.send, friend, 1000)
end)
)lua");
  CHECK_THAT(acted.ran.err, ContainsSubstring("InsufficientBalance(account = "));
  const Ran shown = acted.project.type({"show", "@last", "pay"});
  CHECK_THAT(shown.err, ContainsSubstring("InsufficientBalance") && ContainsSubstring("transfer") &&
                            !ContainsSubstring("totalSupply"));
}

TEST_CASE("A handle knows its sender by keystore or account, and each is a target", "[chain]") {
  Node node = anvil();
  ChainProject project(node.url(), kFirstKey, "");
  Json file = read_vectors("keystore_vectors.json").at("pbkdf2");
  file["address"] = "008aeeda4d805471df9b2a5b0f38a0c3bcba786b";
  std::ofstream(project.path() / "key.json") << file.dump();
  const std::string address = "0x" + file.at("address").get<std::string>();
  node.call("anvil_setBalance", {address, Bigint::parse("1 ether").hex()});
  const auto recipe = [](const std::string& account) {
    return R"lua(
local by_file = eth.chain {
  url = url, keystore = 'key.json', password = secret('password', { file = 'password.txt' }),
}
local by_node = eth.chain { url = url, account = ')lua" +
           account + R"lua(' }
local paid = step('pay', function()
  return by_file:transfer { to = by_node.sender, value = 5 }
end)
assert(paid.from == by_file.sender)
step('pay back', function()
  return by_node:transfer { to = by_file.sender, value = 5 }
end)
step('stop here', function() fail 'not yet' end)
)lua";
  };
  std::ofstream(project.path() / "password.txt") << "testpassword";
  project.write_recipe(recipe(kSecondAccount));
  const Ran ran = project.type({"run", "r.lua"});
  CHECK_THAT(ran.err, ContainsSubstring("not yet"));
  CHECK(count_of(node, address) == 1);
  CHECK(count_of(node, kSecondAccount) == 1);
  project.write_recipe(recipe(kFirstAccount));
  const Ran other = project.type({"resume"});
  CHECK(other.exit == 12);
  CHECK_THAT(other.err, ContainsSubstring(std::string("chain 3: the run began with the sender ") +
                                          kSecondAccount + ", now it is " + kFirstAccount));
}
