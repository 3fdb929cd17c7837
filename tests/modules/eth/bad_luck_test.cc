// What befalls a run from outside: nodes that die, proxies that fail, chains that are reset, other
// users of the wallet, fees that rise. Long because each is a story of its own, and short.
#include <fmt/core.h>
#include <signal.h>
#include <sys/wait.h>

#include <fstream>
#include <thread>

#include "engine/base/file.h"
#include "tests/catch.h"
#include "tests/modules/eth/chain_project.h"

using namespace runbook;
using namespace runbook::test;

namespace {

std::string pay(const std::string& to, int value = 7) {
  return fmt::format(
      "step('pay', function() return chain:transfer {{ to = '{}', value = {} }} end)\n", to, value);
}

constexpr const char* kNoMining = "--no-mining";
constexpr const char* kGenesisTime = "1700000000";

/// Deploys, pays, and fails: to be resumed.
std::string deploy_pay_and_fail(const std::string& to) {
  return R"lua(
step('deploy the counter', function()
  return chain:deploy { artifact = 'artifacts/Counter.json', args = { 5 } }
end)
)lua" + pay(to) +
         "step('go on', function() fail 'not yet' end)\n";
}

/// The run of this key by itself, whose transaction waits in the pool.
struct Waiting {
  explicit Waiting(const std::vector<std::string>& options = {kNoMining},
                   const std::string& fields = "")
      : node(anvil(options)), project(node.url(), sender.key, "") {
    project.use_fields(fields);
    project.write_recipe(pay(to));
    pid = project.start({"run", "r.lua"});
    REQUIRE(eventually([&] { return waiting_in_pool(node) > 0; }));
    REQUIRE(waitpid(pid, nullptr, WNOHANG) == 0);
    node.call("anvil_impersonateAccount", {sender.address});
  }

  /// What another user of the wallet sends with the run's nonce, at a higher fee.
  void steal(Json transaction) {
    transaction.update({{"from", sender.address},
                        {"nonce", "0x0"},
                        {"maxFeePerGas", Bigint::parse("90 gwei").hex()},
                        {"maxPriorityFeePerGas", Bigint::parse("50 gwei").hex()}});
    node.call("eth_sendTransaction", Json::array({transaction}));
    mine(node);
  }

  Node node;
  const Account sender = funded_account(node);
  const std::string to = new_address();
  ChainProject project;
  int pid = 0;
};

/// The started run's exit code, with blocks.
int mine_until_end(Node& node, int pid) {
  int status = 0;
  REQUIRE(eventually([&] {
    mine(node);
    return waitpid(pid, &status, WNOHANG) == pid;
  }));
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("A node that is killed and restarted in mid-run, its pool lost, costs time only",
          "[chain]") {
  Waiting run({kNoMining, "--state", "{folder}/state.json", "--state-interval", "1"});
  // Written with the sender's ether in it: twice more after it was given.
  const auto state = run.node.folder() / "state.json";
  std::string whole;
  for (int times = 0; times < 2; ++times) {
    std::filesystem::remove(state);
    REQUIRE(eventually([&] {
      whole = std::filesystem::exists(state) ? read_file(state) : "";
      return Json::accept(whole);
    }));
  }
  run.node.kill();
  std::ofstream(state) << whole;  // it may have been killed while it wrote
  run.node.start();
  CHECK(mine_until_end(run.node, run.pid) == 0);
  INFO(run.project.said());
  CHECK(balance_of(run.node, run.to) == Bigint(7));
  CHECK(count_of(run.node, run.sender.address) == 1);
}

TEST_CASE(
    "A proxy that loses sends, or their answers, or says that it has too many, costs time only",
    "[chain]") {
  const auto [fault, times] = GENERATE(table<Fault, int>({{Fault::refuse, 2},
                                                          {Fault::drop, 2},
                                                          {Fault::hang, 1},
                                                          {Fault::limit, 3},
                                                          {Fault::error, 2}}));
  const std::string method =
      GENERATE("eth_sendRawTransaction", "eth_getTransactionCount", "eth_getTransactionReceipt");
  Node node = anvil();
  FaultProxy proxy(node.url());
  const Account sender = funded_account(node);
  const std::string to = new_address();
  ChainProject project(proxy.url(), sender.key, pay(to));
  project.use_fields("request_timeout = '300ms',");
  proxy.set(fault, method, times);
  const Ran ran = project.type({"run", "r.lua"});
  INFO(method << " " << static_cast<int>(fault) << "\n" << ran.err);
  CHECK(ran.exit == 0);
  CHECK(balance_of(node, to) == Bigint(7));
  CHECK(count_of(node, sender.address) == 1);
}

TEST_CASE("An address behind which two heads answer in turns costs time only", "[chain]") {
  const std::vector<std::string> same = {"--timestamp", kGenesisTime, kNoMining};
  Node node = anvil(same);
  Node behind = anvil(same);
  const Account sender = funded_account(node);
  behind.call("anvil_setBalance", {sender.address, Bigint::parse("1000 ether").hex()});
  const std::string to = new_address();
  FaultProxy proxy(node.url(), behind.url());
  proxy.set(Fault::none, "eth_sendRawTransaction");  // which nodes tell each other
  proxy.set(Fault::other, "", 1'000'000, true);
  ChainProject project(proxy.url(), sender.key,
                       pay(to, 3) + "step('again', function() return chain:transfer { to = '" + to +
                           "', value = 4 } end)\n");
  const Ran ran = project.type({"run", "r.lua"}, [&] { mine(node); });
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK(balance_of(node, to) == Bigint(7));
  CHECK(count_of(node, sender.address) == 2);
}

TEST_CASE("A chain that was reset to another genesis is refused", "[chain]") {
  Node node = anvil({"--timestamp", kGenesisTime});
  const std::string to = new_address();
  ChainProject project(node.url(), kFirstKey, deploy_pay_and_fail(to));
  REQUIRE(project.type({"run", "r.lua"}).exit == 1);
  node.kill();
  node.change(kGenesisTime, "1700000001");
  node.start();
  const Ran resumed = project.type({"resume"});
  INFO(resumed.err);
  CHECK(resumed.exit == 12);
  CHECK(count_of(node, kFirstAccount) == 0);
}

TEST_CASE(
    "A chain that was reset to the same genesis is noticed, and a rewind to the named step mends "
    "it",
    "[chain]") {
  Node node = anvil({"--timestamp", kGenesisTime});
  const std::string to = new_address();
  ChainProject project(node.url(), kFirstKey, deploy_pay_and_fail(to));
  REQUIRE(project.type({"run", "r.lua"}).exit == 1);
  node.kill();
  node.start();
  const Ran resumed = project.type({"resume"});
  INFO(resumed.err);
  CHECK(resumed.exit == 12);
  CHECK_THAT(resumed.err, ContainsSubstring("deploy the counter") && ContainsSubstring("rewind"));
  CHECK(count_of(node, kFirstAccount) == 0);
  const Ran rewound = project.type({"rewind", "@last", "--to", "deploy the counter", "--yes"});
  INFO(rewound.err);
  CHECK(rewound.exit == 0);
  const Ran again = project.type({"resume"});
  INFO(again.err);
  CHECK(again.exit == 1);
  CHECK(count_of(node, kFirstAccount) == 2);
  CHECK(has_code(node, created_address(kFirstAccount, 0)));
  CHECK(balance_of(node, to) == Bigint(7));
}

TEST_CASE("A run is resumed with another URL of its chain, not with another key", "[chain]") {
  Node node = anvil();
  const Account sender = funded_account(node);
  const Account stranger = funded_account(node);
  const std::string to = new_address();
  ChainProject project(node.url(), sender.key, deploy_pay_and_fail(to));
  REQUIRE(project.type({"run", "r.lua"}).exit == 1);
  project.use_key(stranger.key);
  const Ran refused = project.type({"resume"});
  INFO(refused.err);
  CHECK(refused.exit == 12);
  project.use_key(sender.key);
  FaultProxy proxy(node.url());
  project.use_url(proxy.url());
  const Ran moved = project.type({"resume"});
  INFO(moved.err);
  CHECK(moved.exit == 1);
  CHECK_THAT(moved.err, ContainsSubstring("not yet"));
  CHECK(proxy.count("eth_chainId") > 0);
  CHECK(count_of(node, sender.address) == 2);
  CHECK(count_of(node, stranger.address) == 0);
}

TEST_CASE("An open transaction is settled through another URL of its chain", "[chain]") {
  Node node = anvil({kNoMining});
  const Account sender = funded_account(node);
  const std::string to = new_address();
  FaultProxy proxy(node.url());
  ChainProject project(proxy.url(), sender.key, pay(to));
  project.die_at_send(proxy, 1);
  FaultProxy second(node.url());
  proxy.set(Fault::error);
  project.use_url(second.url());
  const Ran resumed = project.type({"resume"}, [&] { mine(node); });
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(balance_of(node, to) == Bigint(7));
  CHECK(count_of(node, sender.address) == 1);
}

TEST_CASE(
    "A nonce that another user of the wallet took for something else is replaced by the next one",
    "[chain]") {
  Waiting run;
  const std::string thief = new_address();
  run.steal({{"to", thief}, {"value", "0x1"}});
  CHECK(mine_until_end(run.node, run.pid) == 0);
  INFO(run.project.said());
  CHECK(balance_of(run.node, run.to) == Bigint(7));
  CHECK(balance_of(run.node, thief) == Bigint(1));
  CHECK(count_of(run.node, run.sender.address) == 2);
}

TEST_CASE("A stolen nonce is believed as deep as the run's own transactions are", "[chain]") {
  Waiting run({kNoMining}, "confirmations = 3,");
  run.steal({{"to", new_address()}, {"value", "0x1"}});
  const auto signed_anew = [&] { return waiting_in_pool(run.node) > 0; };
  const auto stays = [&] {  // as long as the run would take to look twice
    for (int look = 0; look < 100; ++look) {
      CHECK_FALSE(signed_anew());
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  };
  stays();
  mine(run.node);
  stays();
  mine(run.node);
  CHECK(eventually(signed_anew));
  CHECK(mine_until_end(run.node, run.pid) == 0);
  CHECK(balance_of(run.node, run.to) == Bigint(7));
  CHECK(count_of(run.node, run.sender.address) == 2);
}

TEST_CASE("A deployment whose code cannot be read at once is not made again", "[chain]") {
  Node node = anvil({});
  const Account sender = funded_account(node);
  FaultProxy proxy(node.url());
  ChainProject project(proxy.url(), sender.key, R"lua(
step('deploy the counter', function()
  return chain:deploy { artifact = 'artifacts/Counter.json', args = { 5 } }
end)
)lua");
  project.use_fields("patience = '300ms',");
  proxy.set(Fault::error, "eth_getCode", 4);
  const Ran ran = project.type({"run", "r.lua"});
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK(count_of(node, sender.address) == 1);
}

TEST_CASE("A nonce that another user of the wallet took for the very same is done", "[chain]") {
  Waiting run;
  run.steal({{"to", run.to}, {"value", "0x7"}});
  CHECK(mine_until_end(run.node, run.pid) == 0);
  INFO(run.project.said());
  CHECK(balance_of(run.node, run.to) == Bigint(7));
  CHECK(count_of(run.node, run.sender.address) == 1);
}

TEST_CASE("A nonce that the operator used up by a transfer of nothing to himself is asked about",
          "[chain]") {
  Waiting run;
  run.steal({{"to", run.sender.address}, {"value", "0x0"}});
  CHECK(mine_until_end(run.node, run.pid) == 11);
  const std::string said = run.project.said();
  INFO(said);
  CHECK_THAT(said, ContainsSubstring("cancel"));
  CHECK(balance_of(run.node, run.to) == Bigint(0));
  CHECK(count_of(run.node, run.sender.address) == 1);
  // Whoever cancelled it may still want it: the call has an end, and another begins.
  const Ran again = run.project.type({"resume", "--rerun", "pay"}, [&] { mine(run.node); });
  INFO(again.err);
  CHECK(again.exit == 0);
  CHECK(balance_of(run.node, run.to) == Bigint(7));
  CHECK(count_of(run.node, run.sender.address) == 2);
}

TEST_CASE("A base fee that rises tenfold while a transaction waits is followed", "[chain]") {
  Waiting run;
  const Bigint base =
      quantity(run.node.call("eth_getBlockByNumber", {"latest", false}).at("baseFeePerGas"));
  const std::string tenfold = (base * Bigint(10)).hex();
  int status = 0;
  REQUIRE(eventually([&] {
    run.node.call("anvil_setNextBlockBaseFeePerGas", {tenfold});
    mine(run.node);
    return waitpid(run.pid, &status, WNOHANG) == run.pid;
  }));
  INFO(run.project.said());
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(balance_of(run.node, run.to) == Bigint(7));
  CHECK(count_of(run.node, run.sender.address) == 1);
  const Json transaction = mined_from(run.node, run.sender.address).at(0);
  CHECK(quantity(transaction.at("maxFeePerGas")) >= base * Bigint(10));
}

TEST_CASE("A base fee that rose tenfold while nobody drove the run is followed by its resume",
          "[chain]") {
  Waiting run;
  kill(run.pid, SIGKILL);
  waitpid(run.pid, nullptr, 0);
  const Bigint base =
      quantity(run.node.call("eth_getBlockByNumber", {"latest", false}).at("baseFeePerGas"));
  const std::string tenfold = (base * Bigint(10)).hex();
  const Ran resumed = run.project.go_on([&] {
    run.node.call("anvil_setNextBlockBaseFeePerGas", {tenfold});
    mine(run.node);
  });
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(balance_of(run.node, run.to) == Bigint(7));
  CHECK(count_of(run.node, run.sender.address) == 1);
  const Json transaction = mined_from(run.node, run.sender.address).at(0);
  CHECK(quantity(transaction.at("maxFeePerGas")) >= base * Bigint(10));
}

TEST_CASE("A fee that may not rise leaves the transaction open, with a deadline and a sentence",
          "[chain]") {
  Waiting run({kNoMining}, "timeout = '2s', fees = { max_fee = '4 gwei' },");
  int status = 0;
  REQUIRE(eventually([&] {
    run.node.call("anvil_setNextBlockBaseFeePerGas", {Bigint::parse("10 gwei").hex()});
    mine(run.node);
    return waitpid(run.pid, &status, WNOHANG) == run.pid;
  }));
  const std::string said = run.project.said();
  INFO(said);
  CHECK(WEXITSTATUS(status) == 11);
  CHECK_THAT(said, ContainsSubstring("RB1012"));
  CHECK(balance_of(run.node, run.to) == Bigint(0));
  const Ran told = run.project.type({"status"});
  CHECK_THAT(told.out + told.err, ContainsSubstring("nonce 0"));
}

namespace {

struct Refused {
  std::size_t mined = 0;
  std::ptrdiff_t fillers = 0;  ///< none if the last nonce was the one that was refused
};

/// Four payments at once, of which the node refuses one; then a resume. Each is paid once.
Refused pay_four_and_refuse_one() {
  Node node = anvil({});
  const Account sender = funded_account(node);
  FaultProxy proxy(node.url());
  ChainProject project(proxy.url(), sender.key, "");
  std::vector<std::string> receivers;
  std::string list;
  for (int i = 0; i < 4; ++i) {
    receivers.push_back(new_address());
    list += fmt::format("'{}', ", receivers.back());
  }
  project.write_recipe(fmt::format(R"lua(
each('pay', {{ {} }}, {{ jobs = 4, keep_going = true }}, function(to)
  return chain:transfer {{ to = to, value = 7 }}
end)
)lua",
                                   list));
  proxy.set(Fault::deny, "eth_sendRawTransaction", 1);
  const Ran ran = project.type({"run", "r.lua"});
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("sender is on a list"));
  const auto paid = [&] {
    return std::ranges::count_if(
        receivers, [&](const std::string& to) { return balance_of(node, to) == Bigint(7); });
  };
  CHECK(paid() == 3);
  CHECK(waiting_in_pool(node) == 0);
  const Ran resumed = project.go_on();
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(paid() == 4);
  const auto mined = mined_from(node, sender.address);
  CHECK(count_of(node, sender.address) == mined.size());
  return {mined.size(), std::ranges::count_if(mined, [](const auto& one) {
            return one.second.at("from") == one.second.at("to");
          })};
}

}  // namespace

TEST_CASE("A nonce that the node refused is filled, so that those behind it are mined", "[chain]") {
  Refused refused;
  for (int attempt = 0; attempt < 8 && refused.fillers == 0; ++attempt) {
    refused = pay_four_and_refuse_one();
    CHECK(refused.mined == 4U + static_cast<std::size_t>(refused.fillers));
  }
  CHECK(refused.fillers == 1);
}
