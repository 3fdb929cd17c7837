// hardhat deploy of the real Hardhat 2 with hardhat-deploy, against anvil.
#include <signal.h>

#include "tests/modules/hardhat/real_project.h"

using namespace runbook;
using namespace runbook::test;

namespace {

std::string code_at(Node& node, const std::string& address) {
  return node.call("eth_getCode", {address, "latest"}).get<std::string>();
}

int sent_by(Node& node, const std::string& address) {
  const Json count = node.call("eth_getTransactionCount", {address, "latest"});
  return std::stoi(count.get<std::string>().substr(2), nullptr, 16);
}

/// Kills the engine while Hardhat waits for its first transaction to be mined.
void kill_while_waiting(const RealProject& project) {
  const int pid = project.start();
  REQUIRE(eventually([&] {
    return project.read("deployments/local/.pendingTransactions").find("nonce") !=
           std::string::npos;
  }));
  ::kill(pid, SIGKILL);
  wait_for(pid);
}

}  // namespace

TEST_CASE("The real Hardhat deploys once, and finds again what stands", "[.hardhat]") {
  Node node = anvil();
  RealProject project(deploys("expect = { 'Counter', 'Plain' },"));
  project.url = node.url();
  const Ran first = project.run();
  INFO(first.err);
  CHECK(first.exit == 0);
  CHECK_THAT(first.out, ContainsSubstring("new: 3"));
  CHECK(code_at(node, project.deployment("Counter").at("address")) != "0x");
  CHECK(sent_by(node, kFirstAccount) == 3);
  const Ran again = project.type({"run", "r.lua", "--fresh"});
  INFO(again.err);
  CHECK(again.exit == 0);
  CHECK_THAT(again.out, ContainsSubstring("new: 0"));
  CHECK(sent_by(node, kFirstAccount) == 3);
}

TEST_CASE("A real deploy killed with a transaction open deploys each contract once", "[.hardhat]") {
  Node node = anvil({"--no-mining"});
  RealProject project(deploys());
  project.url = node.url();
  kill_while_waiting(project);
  const bool is_dropped = GENERATE(false, true);
  if (is_dropped) {
    node.call("anvil_dropAllTransactions");
  }
  node.call("evm_setIntervalMining", {1});
  const Ran resumed = project.type({"resume"});
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(sent_by(node, kFirstAccount) == 3);
  CHECK(project.deployment("Steps").at("address") == "0x5FbDB2315678afecb367f032d93F642f64180aa3");
  CHECK(project.read("deployments/local/.pendingTransactions").empty());
}

TEST_CASE("A real deploy whose open transaction lost its nonce to another sends it anew",
          "[.hardhat]") {
  Node node = anvil({"--no-mining"});
  RealProject project(deploys());
  project.url = node.url();
  kill_while_waiting(project);
  node.call("anvil_dropAllTransactions");
  node.call("eth_sendTransaction", Json::array({{{"from", kFirstAccount}, {"to", kFirstAccount}}}));
  node.call("anvil_mine", {"0x14"});  // the other one is found twenty blocks back
  node.call("evm_setIntervalMining", {1});
  const Ran resumed = project.type({"resume"});
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(sent_by(node, kFirstAccount) == 4);
  CHECK(project.read("deployments/local/.pendingTransactions").empty());
}

TEST_CASE("A real deploy killed before it noted what it sent is for a person to judge",
          "[.hardhat]") {
  Node node = anvil({"--no-mining"});
  RealProject project(deploys());
  project.url = node.url();
  kill_while_waiting(project);
  std::filesystem::remove(project.path("deployments/local/.pendingTransactions"));
  node.call("evm_mine");
  const Ran resumed = project.type({"resume"});
  INFO(resumed.err);
  CHECK(resumed.exit == 11);
  CHECK_THAT(resumed.err, ContainsSubstring("0x5FbDB2315678afecb367f032d93F642f64180aa3"));
  CHECK(sent_by(node, kFirstAccount) == 1);
}

TEST_CASE("A node that is down is said, and the deploy goes through once it is up", "[.hardhat]") {
  Node node = anvil();
  RealProject project(deploys());
  project.url = node.url();
  node.kill();
  const Ran down = project.run();
  INFO(down.err);
  CHECK(down.exit == 1);
  CHECK_THAT(down.err, ContainsSubstring("RB1054"));
  node.start();
  const Ran up = project.type({"resume"});
  INFO(up.err);
  CHECK(up.exit == 0);
}

TEST_CASE("The real Hardhat on a chain that is not its configuration's is refused", "[.hardhat]") {
  Node node = anvil();
  RealProject project(
      "step('deploy', function() return hardhat.deploy { network = 'pinned', url = p.rpc,\n"
      "  env = { RPC_URL = p.rpc, DEPLOYER_KEY = p.key } } end)");
  project.url = node.url();
  const Ran ran = project.run();
  INFO(ran.err);
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("RB1055") && ContainsSubstring("1337"));
  CHECK(sent_by(node, kFirstAccount) == 0);
}

TEST_CASE("A folder kept over a reset chain is caught, and an immutable is no false alarm",
          "[.hardhat]") {
  Node node = anvil();
  RealProject project(deploys());
  project.url = node.url();
  REQUIRE(project.run().exit == 0);
  node.call("anvil_reset");
  const Ran stale = project.type({"run", "r.lua", "--fresh"});
  INFO(stale.err);
  CHECK(stale.exit == 1);
  CHECK_THAT(stale.err, ContainsSubstring("RB1058") && ContainsSubstring("Counter has no code"));
  CHECK(sent_by(node, kFirstAccount) == 0);
  project.write_recipe(deploys("stale = 'remove',"));
  const Ran afresh = project.type({"run", "r.lua", "--fresh"});
  INFO(afresh.err);
  CHECK(afresh.exit == 0);
  CHECK_THAT(afresh.out, ContainsSubstring("new: 3"));
}

TEST_CASE("An account that the network has no key for is refused before it sends", "[.hardhat]") {
  Node node = anvil();
  RealProject project(deploys());
  project.url = node.url();
  project.write(
      "deploy/003_other.js",
      "module.exports = async ({ deployments }) => deployments.deploy('Plain2', {\n"
      "  contract: 'Plain', from: '0x00000000000000000000000000000000000000aa', args: [1] "
      "});\n");
  const Ran ran = project.run();
  INFO(ran.err);
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("RB1052") && ContainsSubstring("DOTENV_CONFIG_PATH"));
}

TEST_CASE("No key of a deploy stands in a log or the journal", "[.hardhat]") {
  Node node = anvil();
  RealProject project(deploys());
  project.url = node.url();
  REQUIRE(project.run().exit == 0);
  const std::string digits = std::string(kFirstKey).substr(2);
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(project.path(".runbook"))) {
    if (entry.is_regular_file() && entry.path().filename() != "secrets") {
      INFO(entry.path());
      CHECK(read_file(entry.path()).find(digits) == std::string::npos);
    }
  }
}
