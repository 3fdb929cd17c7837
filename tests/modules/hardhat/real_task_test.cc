// Tasks of the real Hardhat 2.
#include "tests/modules/hardhat/real_project.h"

using namespace runbook;
using namespace runbook::test;

TEST_CASE("Hardhat compiles, and then has nothing to compile", "[.hardhat]") {
  const RealProject project(
      "step('a', function() output { first = hardhat.compile {}.compiled } end)\n"
      "step('b', function() output { again = hardhat.compile {}.compiled } end)\n");
  const Ran ran = project.run();
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("first: 2") && ContainsSubstring("again: 0"));
}

TEST_CASE("A source that does not compile is told in the compiler's words", "[.hardhat]") {
  const RealProject project("step('compile', function() hardhat.compile {} end)");
  project.write("contracts/Bad.sol", "pragma solidity ^0.8.24;\ncontract Bad { uint256 x = ; }\n");
  const Ran ran = project.run();
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("RB1053") && ContainsSubstring("contracts/Bad.sol:2:") &&
                          ContainsSubstring("Expected primary expression"));
}

TEST_CASE("A compiler that must be downloaded, and cannot be, is said", "[.hardhat]") {
  const RealProject project(
      "step('compile', function() hardhat.compile { env = { SOLC = 'download',\n"
      "  HTTPS_PROXY = 'http://127.0.0.1:1', https_proxy = 'http://127.0.0.1:1' } } end)");
  const Ran ran = project.run();
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("RB1056"));
}

TEST_CASE("Scripts, tasks and tests of the project run", "[.hardhat]") {
  const RealProject project(
      "local r = step('all', function() return {\n"
      "  script = hardhat.run { 'scripts/network.js', json = true, reads = true }.value.network,\n"
      "  task = hardhat.task('greet', { json = true, reads = true, env = { WHO = 'you' } "
      "}).value.hello,\n"
      "  passing = hardhat.test {}.passing } end)\n"
      "output(r)\n"
      "step('fail', function() hardhat.test { env = { WANTED = 'that' } } end)\n");
  const Ran ran = project.run();
  INFO(ran.out << ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("RB1059"));
  const Ran shown = project.type({"show", "@last", "--output", "json"});
  CHECK_THAT(shown.out, ContainsSubstring("\"script\":\"hardhat\"") ||
                            ContainsSubstring("\"script\": \"hardhat\""));
  CHECK_THAT(shown.out, ContainsSubstring("you"));
}

TEST_CASE("A configuration with an impossible account is refused by name", "[.hardhat]") {
  const RealProject project(
      "step('compile', function() hardhat.compile { env = { DEPLOYER_KEY = '0x1234' } } end)");
  const Ran ran = project.run();
  INFO(ran.err);
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("RB1052") && ContainsSubstring("private key too short"));
}

TEST_CASE("Hardhat's node serves the run that started it, and ends when it is stopped",
          "[.hardhat]") {
  const RealProject project(
      "local service = require 'service'\n"
      "local node = step('node', function() return hardhat.node { args = { '--no-deploy' } } end)\n"
      "local r = step('deploy', function() return hardhat.deploy { network = 'local',\n"
      "  env = { RPC_URL = node.url } } end)\n"
      "step('stop', function() service.stop('hardhat-node') end)\n"
      "output { chain = node.chain_id, counter = r.contracts.Counter.address }\n");
  const Ran ran = project.run();
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("31337") && ContainsSubstring("counter: 0x"));
}
