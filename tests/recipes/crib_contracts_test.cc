// recipes/crib/01_deploy_contracts, as an operator runs it, on anvil and five stand-in nodes.
#include <fmt/core.h>

#include <filesystem>

#include "tests/catch.h"
#include "tests/recipes/crib_cluster.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// As a cluster is after the first run.
struct Deployed {
  explicit Deployed(const std::vector<Json>& settings = {},
                    const std::vector<std::string>& parameters = {})
      : cluster(chain, settings) {
    const Ran first = cluster.run(kContracts, parameters);
    INFO(first.err << first.out);
    REQUIRE(first.exit == 0);
  }
  CribChain chain;
  CribCluster cluster;
};

}  // namespace

TEST_CASE("01 deploys, configures and funds once, and a second run finds all done", "[crib]") {
  Deployed at;
  CHECK(at.chain.sent() == kFullRun);
  CHECK(at.cluster.config_count() == 1);
  CHECK(balance_of(at.chain.node(), at.cluster.transmitter(0)) == Bigint(0));
  for (const std::size_t node : {1U, 2U, 3U, 4U}) {
    CHECK(balance_of(at.chain.node(), at.cluster.transmitter(node)) == Bigint::parse("0.05 ether"));
  }
  CHECK(at.cluster.artefact() == at.cluster.expected_artefact());
  const Ran second = at.cluster.run(kContracts);
  INFO(second.err << second.out);
  CHECK(second.exit == 0);
  CHECK(at.chain.sent() == kFullRun);
  CHECK_THAT(second.err, ContainsSubstring("nothing was to be done") &&
                             ContainsSubstring("the configuration of block 3 is ours"));
}

TEST_CASE("01 restores deployed_contracts.json when it was deleted", "[crib]") {
  Deployed at;
  std::filesystem::remove(at.cluster.path() / "artefacts/deployed_contracts.json");
  CHECK(at.cluster.run(kContracts).exit == 0);
  CHECK(at.cluster.artefact() == at.cluster.expected_artefact());
  CHECK(at.chain.sent() == kFullRun);
}

TEST_CASE(
    "01 stops where file, state and chain disagree, with the choices, and deploys anew only "
    "when told to",
    "[crib]") {
  Deployed at;
  const auto refuses = [&](const std::string& sentence) {
    const Ran ran = at.cluster.run(kContracts);
    INFO(ran.err);
    CHECK(ran.exit == 12);
    CHECK_THAT(ran.err, ContainsSubstring(sentence) && ContainsSubstring("fresh_contracts=true"));
    CHECK(at.cluster.type({"cancel", "@last"}).exit == 0);
  };
  SECTION("a file of another chain") {
    at.cluster.folder().write("artefacts/deployed_contracts.json",
                              R"({"ocrContract":"0x5FbDB2315678afecb367f032d93F642f64180aa4",)"
                              R"("forwarderContract":"0x5FbDB2315678afecb367f032d93F642f64180aa5",)"
                              R"("setConfigTxBlock":12})");
    refuses("and this project deployed " + CribCluster::ocr3_address());
    CHECK(at.chain.sent() == kFullRun);
  }
  SECTION("no JSON") {
    at.cluster.folder().write("artefacts/deployed_contracts.json", "{");
    refuses("deployed_contracts.json is not what was written there");
  }
  SECTION("code that is gone") {
    at.chain.node().call("anvil_setCode", {CribCluster::forwarder_address(), "0x"});
    refuses("the forwarder contract " + CribCluster::forwarder_address() + " has no code");
  }
  SECTION("other code") {
    const Json code = at.chain.node().call("eth_getCode", {CribCluster::ocr3_address(), "latest"});
    at.chain.node().call("anvil_setCode", {CribCluster::forwarder_address(), code});
    refuses("is not the forwarder contract that was deployed: it says it is \"Keystone 0.0.0\"");
  }
  const Ran fresh = at.cluster.run(kContracts, {"fresh_contracts=true"});
  INFO(fresh.err);
  CHECK(fresh.exit == 0);
  CHECK(at.chain.sent() == kFullRun + 3);
  CHECK_THAT(at.cluster.artefact(), ContainsSubstring(created_address(kFirstAccount, kFullRun)));
}

TEST_CASE("01 takes over what only deployed_contracts.json tells of, if the chain agrees",
          "[crib]") {
  Deployed at;
  std::filesystem::remove_all(at.cluster.path() / ".runbook");
  const Ran ran = at.cluster.run(kContracts);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.err, ContainsSubstring("is taken over from"));
  CHECK(at.chain.sent() == kFullRun);
  SECTION("but not for another namespace") {
    const Ran other = at.cluster.run(kContracts, {"namespace=crib-other"});
    CHECK(other.exit == 12);
    CHECK_THAT(other.err, ContainsSubstring("which is namespace crib-test's"));
  }
  SECTION("and not on a chain that began anew") {
    std::filesystem::remove_all(at.cluster.path() / ".runbook");
    at.chain.reset();
    const Ran other = at.cluster.run(kContracts);
    CHECK(other.exit == 12);
    CHECK_THAT(other.err, ContainsSubstring("this chain has no contract there"));
  }
}

TEST_CASE("01 configures anew when a field differs, and names it", "[crib]") {
  Deployed at;
  at.cluster.edit("ocr_config.json", "\"MaxRoundsPerEpoch\": 10", "\"MaxRoundsPerEpoch\": 11");
  const Ran ran = at.cluster.run(kContracts);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.err, ContainsSubstring("has another MaxRoundsPerEpoch"));
  CHECK(at.cluster.config_count() == 2);
  CHECK(at.cluster.artefact() == at.cluster.expected_artefact());
}

TEST_CASE("01 keeps a configuration that differs in its encrypted secret alone", "[crib]") {
  Deployed at;
  at.cluster.change_environment("KEYSTONE_OCR_SEED", "correct-horse-battery");
  const Ran ran = at.cluster.run(kContracts);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.err, ContainsSubstring("is kept: only"));
  CHECK(at.cluster.config_count() == 1);
}

TEST_CASE("01 finds its own seed's configuration again", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  cluster.change_environment("KEYSTONE_OCR_SEED", "correct-horse-battery");
  REQUIRE(cluster.run(kContracts).exit == 0);
  const Ran ran = cluster.run(kContracts);
  INFO(ran.err);
  CHECK_THAT(ran.err, ContainsSubstring("the configuration of block 3 is ours"));
  CHECK(chain.sent() == kFullRun);
}

TEST_CASE("01 refuses a configuration that nodes would not work with, before anything is sent",
          "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  cluster.edit("ocr_config.json", "\"MaxFaultyOracles\": 1", "\"MaxFaultyOracles\": 2");
  const Ran ran = cluster.run(kContracts);
  INFO(ran.err);
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("MaxFaultyOracles = 2 takes at least 7 nodes"));
  CHECK(chain.sent() == 0);
}

TEST_CASE("01 reads ocr_config.json again when a run is resumed that refused it", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  const std::string stage = "\"DeltaStageMillis\": 30000";
  const auto refused = [&](const std::string& wrong, const std::string& sentence) {
    cluster.edit("ocr_config.json", stage, wrong);
    const Ran ran = cluster.run(kContracts);
    INFO(ran.err);
    CHECK(ran.exit == 2);
    CHECK_THAT(ran.err, ContainsSubstring(sentence));
    CHECK(chain.sent() == 0);
    cluster.edit("ocr_config.json", wrong, stage);
  };
  SECTION("for a number") {
    refused("\"DeltaStageMillis\": 1.5", "DeltaStageMillis = 1.5 is no whole number");
  }
  SECTION("for its form") {
    refused("\"DeltaStageMillis\":", "ocr_config.json is no JSON");
  }
  CHECK(cluster.resume().exit == 0);
  CHECK(chain.sent() == kFullRun);
}

TEST_CASE("01 keeps what deployed_contracts.json tells of other contracts", "[crib]") {
  Deployed at;
  const std::string none = "0x0000000000000000000000000000000000000000";
  std::string whole = at.cluster.artefact();
  whole.pop_back();
  whole += R"(,"CapabilitiesRegistry":"0x5FbDB2315678afecb367f032d93F642f64180aa4")";
  for (const char* name : {"VerifierContract", "VerifierProxy", "InitializedVerifierAddress"}) {
    whole += fmt::format(R"(,"{}":"{}")", name, none);
  }
  whole += "}";
  at.cluster.folder().write("artefacts/deployed_contracts.json", whole);
  CHECK(at.cluster.run(kContracts).exit == 0);
  CHECK(at.cluster.artefact() == whole);
  CHECK(at.cluster.run(kContracts, {"fresh_contracts=true"}).exit == 0);
  CHECK_THAT(at.cluster.artefact(), !ContainsSubstring("CapabilitiesRegistry"));
}

TEST_CASE("01 refuses bytecode that is not there, or not what was pinned", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  const Ran pinned = cluster.run(kContracts, {"ocr3_bytecode_sha256=" + std::string(64, 'a')});
  CHECK(pinned.exit == 2);
  CHECK_THAT(pinned.err, ContainsSubstring("OCR3Capability.bin has sha256 "));
  CHECK(cluster.type({"cancel", "@last"}).exit == 0);
  const Ran json = cluster.run(kContracts, {"ocr3_bytecode_file=bytecode/OCR3Capability.json"});
  CHECK(json.exit == 2);
  CHECK_THAT(json.err, ContainsSubstring("OCR3Capability.json is no creation code as hex"));
  CHECK(chain.sent() == 0);
}

TEST_CASE(
    "01 deploys the contracts and funds those it knows while a node is down, and a resume "
    "does the rest",
    "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  cluster.stop_node(2);
  const Ran ran = cluster.run(kContracts);
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("does not answer") &&
                          ContainsSubstring("the configuration waits for it"));
  CHECK(chain.sent() == 5);
  CHECK(cluster.config_count() == 0);
  CHECK(cluster.artefact() == cluster.expected_artefact());
  CHECK(cluster.resume().exit == 1);
  CHECK(chain.sent() == 5);
  cluster.start_node(2);
  const Ran resumed = cluster.resume();
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(chain.sent() == kFullRun);
  CHECK(cluster.config_count() == 1);
  CHECK(cluster.artefact() == cluster.expected_artefact());
}

TEST_CASE("01 says what the account lacks, and goes on once it has it", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  chain.set_balance(kFirstAccount, "0.05 ether");
  const Ran ran = cluster.run(kContracts);
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("has 0.05 ether, and needs 0.2 ether for 4 transmitters"));
  CHECK(chain.sent() == 0);
  chain.set_balance(kFirstAccount, "1 ether");
  CHECK(cluster.resume().exit == 0);
  CHECK(chain.sent() == kFullRun);
}

TEST_CASE("01 tops up what is too little, and no more", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  chain.set_balance(cluster.transmitter(1), "0.02 ether");
  chain.set_balance(cluster.transmitter(2), "7 ether");
  CHECK(cluster.run(kContracts).exit == 0);
  CHECK(chain.sent() == kFullRun - 1);
  CHECK(balance_of(chain.node(), cluster.transmitter(1)) == Bigint::parse("0.05 ether"));
  CHECK(balance_of(chain.node(), cluster.transmitter(2)) == Bigint::parse("7 ether"));
}

TEST_CASE("01 warns of transmitters that have nothing, and funds them unless told not to",
          "[crib]") {
  CribChain chain;
  CribCluster cluster(chain, {{{"eth_balance", "0"}}, {{"eth_balance", "0"}}});
  const Ran ran = cluster.run(kContracts, {"skip_funding=true"});
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.err, ContainsSubstring(cluster.transmitter(1) + " has zero balance"));
  CHECK(chain.sent() == 3);
  const Ran funded = cluster.run(kContracts);
  CHECK(funded.exit == 0);
  CHECK_THAT(funded.err, ContainsSubstring(cluster.transmitter(1) + " has zero balance"));
  CHECK(chain.sent() == kFullRun);
}

TEST_CASE("01 only configures where it is told to", "[crib]") {
  Deployed at;
  at.cluster.edit("ocr_config.json", "\"MaxRoundsPerEpoch\": 10", "\"MaxRoundsPerEpoch\": 11");
  at.chain.set_balance(at.cluster.transmitter(1), "0 ether");
  CHECK(at.cluster.run(kContracts, {"only_set_config=true"}).exit == 0);
  CHECK(at.chain.sent() == kFullRun + 1);
  CribCluster other(at.chain);
  const Ran ran = other.run(kContracts, {"only_set_config=true"});
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("there are no contracts to configure"));
}

TEST_CASE("01 has the bootstrap node take part where it is asked to", "[crib]") {
  Deployed at({}, {"include_bootstrap=true"});
  CHECK(at.chain.sent() == kFullRun + 1);
  CHECK(balance_of(at.chain.node(), at.cluster.transmitter(0)) == Bigint::parse("0.05 ether"));
}
