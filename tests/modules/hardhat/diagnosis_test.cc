#include "tests/catch.h"
#include "tests/modules/hardhat/recorded.h"

using namespace runbook;
using namespace runbook::hardhat;

namespace {

void expect_error(const Error& error, Code code, const std::string& message) {
  CHECK(code_text(error.code) == code_text(code));
  CHECK(error.message == message);
  CHECK(error.effect == EffectDone::none);
}

}  // namespace

TEST_CASE("Hardhat's own codes become sentences", "[hardhat_module]") {
  expect_error(diagnosed("HH1", "compile"), Code::hardhat_config,
               "/project has no Hardhat configuration");
  expect_error(
      diagnosed("HH8"), Code::hardhat_config,
      "hardhat.config is refused: Invalid account: #0 for network: localhost - private key too "
      "short, expected 32 bytes; Invalid account: #0 for network: pinned - private key too "
      "short, expected 32 bytes");
  expect_error(diagnosed("HH100", "deploy", "nowhere"), Code::hardhat_network_unknown,
               "hardhat.config has no network \"nowhere\"");
  expect_error(
      diagnosed("HH101", "deploy", "pinned"), Code::hardhat_network_unknown,
      "network pinned is another chain: Hardhat was set to use chain id 1337, but connected to a "
      "chain with id 31337.");
  expect_error(diagnosed("HH108"), Code::hardhat_unreachable,
               "no node answers for network localhost of Hardhat");
  expect_error(
      diagnosed("HH502", "compile"), Code::hardhat_compiler,
      "Hardhat has no Solidity compiler: Couldn't download compiler version list. Please check "
      "your internet connection and try again.");
  expect_error(diagnosed("HH600", "compile"), Code::hardhat_compile_failed,
               "the contracts do not compile: ParserError: Expected primary expression. --> "
               "contracts/X.sol:1:51:");
  expect_error(diagnosed("HH606", "compile"), Code::hardhat_compiler,
               "no configured compiler fits: contracts/Plain.sol (^0.8.24)");
  expect_error(diagnosed("HH303", "nosuchtask"), Code::hardhat_failed,
               "hardhat nosuchtask: Unrecognized task 'nosuchtask' (HH303)");
}

TEST_CASE("A port that is taken is said, whether Hardhat numbers it or not", "[hardhat_module]") {
  Failure failure{
      .task = "node", .network = {}, .cwd = "/project", .out = {}, .err = {}, .exit = 1};
  failure.err = "Error HH604: Error running JSON-RPC server: in use\n    at x";
  expect_error(diagnose(failure), Code::hardhat_failed,
               "Hardhat's node could not listen: Error running JSON-RPC server: in use");
  failure.err = "Error: listen EADDRINUSE: address already in use 127.0.0.1:8545";
  expect_error(
      diagnose(failure), Code::hardhat_failed,
      "Hardhat's node could not listen: its port is taken: Error: listen EADDRINUSE: address "
      "already in use 127.0.0.1:8545");
}

TEST_CASE("What only waiting or another machine mends is transient", "[hardhat_module]") {
  CHECK(diagnosed("HH108").transient);
  CHECK(diagnosed("HH502").transient);
  CHECK_FALSE(diagnosed("HH600").transient);
  CHECK_FALSE(diagnosed("HH8").transient);
}

TEST_CASE("The messages of hardhat-deploy say what to do", "[hardhat_module]") {
  CHECK(diagnosed("stale").code == Code::hardhat_deployment_missing);
  CHECK_THAT(diagnosed("stale").message, ContainsSubstring("Steps's previous deployment"));
  CHECK_THAT(diagnosed("stale").hint, ContainsSubstring("stale = \"remove\""));
  CHECK(diagnosed("chain").code == Code::chain_mismatch);
  CHECK_THAT(diagnosed("chain").message,
             ContainsSubstring("(with chainId: 1) for a different chainId (31337)"));
  CHECK(diagnosed("signer").code == Code::hardhat_config);
  CHECK_THAT(diagnosed("signer").hint, ContainsSubstring("DOTENV_CONFIG_PATH"));
}

TEST_CASE("A failure that nobody knows is told in its own words, with its last lines",
          "[hardhat_module]") {
  const Error error = diagnosed("tests", "test");
  CHECK(error.code == Code::hardhat_failed);
  CHECK_THAT(error.detail.at("lines").dump(), ContainsSubstring("1) bad"));
  Failure failure{.task = "run", .network = {}, .cwd = "/project", .out = {}, .err = {}, .exit = 3};
  CHECK(diagnose(failure).message == "hardhat run failed: it exited with status 3");
  failure.err = "\x1b[31mAn unexpected error occurred:\x1b[39m\n\nError: no \xff money\n    at f";
  CHECK(diagnose(failure).message == "hardhat run failed: no ? money");
}

TEST_CASE("A question is seen although Hardhat then exits with status 0", "[hardhat_module]") {
  CHECK_THAT(asked_question(recorded("prompt.out")).value_or(""),
             ContainsSubstring("Choose what to do with the pending transaction"));
  CHECK_FALSE(asked_question(recorded("deployed.out")).has_value());
}
