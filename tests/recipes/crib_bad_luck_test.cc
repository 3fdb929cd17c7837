// recipes/crib/01_deploy_contracts where the chain or the nodes are not as hoped: each is a
// sentence and an exit code, and nothing is done twice.
#include <fmt/core.h>

#include <thread>

#include "tests/catch.h"
#include "tests/recipes/crib_cluster.h"

using namespace runbook;
using namespace runbook::test;

namespace {

void change_config(const CribCluster& cluster) {
  cluster.edit("ocr_config.json", "\"MaxRoundsPerEpoch\": 10", "\"MaxRoundsPerEpoch\": 11");
}

/// Makes somebody else the owner of the OCR3 contract: its first word of storage.
void take_ownership(CribChain& chain) {
  chain.node().call("anvil_setStorageAt", {CribCluster::ocr3_address(), "0x0",
                                           "0x" + std::string(24, '0') + std::string(40, 'e')});
}

Json bundle(const std::string& id, const std::string& onchain, const Json& entry) {
  return {
      {"type", "keyV2s"},
      {"id", id},
      {"attributes",
       {{"chainType", "evm"},
        {"onchainPublicKey", "ocr2on_evm_" + onchain},
        {"offchainPublicKey",
         "ocr2off_evm_" + entry.at("OCR2OffchainPublicKey").get<std::string>()},
        {"configPublicKey", "ocr2cfg_evm_" + entry.at("OCR2ConfigPublicKey").get<std::string>()}}}};
}

}  // namespace

TEST_CASE("A setConfig that the contract refuses is not sent, and its reason is told", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  REQUIRE(cluster.run(kContracts).exit == 0);
  take_ownership(chain);
  change_config(cluster);
  const Ran ran = cluster.run(kContracts);
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("Only callable by owner"));
  CHECK(chain.sent() == kFullRun);
}

TEST_CASE("A setConfig that reverts when it is mined fails the run, with the reason", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  REQUIRE(cluster.run(kContracts).exit == 0);
  change_config(cluster);
  chain.node().call("evm_setAutomine", {false});
  std::thread fate([&] {
    eventually([&] { return waiting_in_pool(chain.node()) == 1; });
    take_ownership(chain);
    mine(chain.node());
  });
  const Ran ran = cluster.run(kContracts);
  fate.join();
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("Only callable by owner"));
  CHECK(chain.sent() == kFullRun + 1);
  CHECK(cluster.config_count() == 1);
}

TEST_CASE("A node that is lost after each send is asked again what became of it", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  FaultProxy proxy(chain.url());
  cluster.change_environment("KEYSTONE_ETH_HTTP_URL", proxy.url());
  proxy.set(Fault::drop, "eth_sendRawTransaction", 100, true);
  const Ran ran = cluster.run(kContracts);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK(chain.sent() == kFullRun);
  CHECK(cluster.config_count() == 1);
  CHECK(cluster.artefact() == cluster.expected_artefact());
}

TEST_CASE("A node with two OCR2 bundles uses the one on chain, else the one that is named",
          "[crib]") {
  CribChain chain;
  CribCluster first(chain);
  REQUIRE(first.run(kContracts).exit == 0);
  const Json entry = first.entry(2);
  const std::string own = entry.at("OCR2BundleID");
  const std::string other(64, 'a');
  const Json two = {{"ocr2_keys",
                     {bundle(other, std::string(40, 'b'), entry),
                      bundle(own, entry.at("OCR2OnchainPublicKey"), entry)}}};
  SECTION("found on chain") {
    first.replace_node(2, two);
    const Ran ran = first.run(kContracts);
    INFO(ran.err);
    CHECK(ran.exit == 0);
    CHECK(chain.sent() == kFullRun);
  }
  SECTION("named") {
    CribCluster cluster(chain, {Json::object(), Json::object(), two});
    const Ran ran = cluster.run(kContracts);
    INFO(ran.err);
    CHECK(ran.exit == 2);
    CHECK_THAT(ran.err,
               ContainsSubstring("it has 2 OCR2 bundles for evm, and none of them is in use") &&
                   ContainsSubstring(own) && ContainsSubstring(other) &&
                   ContainsSubstring("ocr2_bundles"));
    CHECK(chain.sent() == 0);
    const std::string name = cluster.node(2).url().substr(7);
    const Ran resumed =
        cluster.resume({"-p", fmt::format(R"(ocr2_bundles={{"{}":"{}"}})", name, own)});
    INFO(resumed.err);
    CHECK(resumed.exit == 0);
    CHECK(chain.sent() == kFullRun);
  }
}

TEST_CASE("A node without an OCR2 bundle is given one, once", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain, {Json::object(), {{"ocr2_keys", Json::array()}}});
  const Ran ran = cluster.run(kContracts);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK(cluster.node(1).count("ocr2_keys_created") == 1);
  CHECK(cluster.run(kContracts).exit == 0);
  CHECK(cluster.node(1).count("ocr2_keys_created") == 1);
  CHECK(chain.sent() == kFullRun);
}

TEST_CASE("A node that does not list the bundle it made is not asked for another", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain, {Json::object(), {{"ocr2_keys", Json::array()}}});
  const Json none = {{"data", Json::array()}};
  cluster.node(1).fault({{"kind", "status"},
                         {"status", 200},
                         {"method", "GET"},
                         {"path", "/v2/keys/ocr2"},
                         {"times", -1},
                         {"body", none.dump()}});
  const Ran ran = cluster.run(kContracts);
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK(cluster.node(1).count("ocr2_keys_created") == 1);
  CHECK(chain.sent() == 0);
}

TEST_CASE("A contract whose run was killed and cancelled is found by the next run", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  // The event after which the first contract is there, and nothing is recorded of it.
  for (int event = 36; chain.sent() == 0; ++event) {
    REQUIRE(cluster.die_at(kContracts, "before_append", event).exit != 0);
    cluster.type({"cancel", "@last"});
  }
  const Ran ran = cluster.run(kContracts);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.err, ContainsSubstring("is of a run that was cut off"));
  CHECK(chain.sent() == kFullRun);
  CHECK(cluster.artefact() == cluster.expected_artefact());
}

TEST_CASE(
    "The forwarder is configured where it is asked for: of June 2024 a run asks if nothing tells",
    "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  REQUIRE(cluster.run(kContracts).exit == 0);
  const Ran asked = cluster.run(kContracts, {"set_forwarder_config=true"});
  INFO(asked.err);
  CHECK(asked.exit == 10);
  CHECK(chain.sent() == kFullRun);
  const Ran answered =
      cluster.type({"answer", "@last", "tell what the forwarder accepts", "configured=false"});
  INFO(answered.err);
  CHECK(cluster.resume().exit == 0);
  CHECK(chain.sent() == kFullRun + 1);
  CHECK(cluster.run(kContracts, {"set_forwarder_config=true"}).exit == 0);
  CHECK(chain.sent() == kFullRun + 1);
}

TEST_CASE("Contracts of October 2024 are configured with signers of several chains, and found so",
          "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  const std::vector<std::string> era = {
      "era=2024-10", "set_forwarder_config=true",
      "ocr3_bytecode_file=bytecode/MultichainOCR3Capability.bin",
      "forwarder_bytecode_file=bytecode/VersionedKeystoneForwarder.bin"};
  const Ran ran = cluster.run(kContracts, era);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK(chain.sent() == kFullRun + 1);
  const Ran again = cluster.run(kContracts, era);
  INFO(again.err);
  CHECK(again.exit == 0);
  CHECK(chain.sent() == kFullRun + 1);
  CHECK_THAT(again.err, ContainsSubstring("nothing was to be done"));
  CHECK(cluster.node(1).count("ocr2_keys_created") == 1);  // for Aptos
  CHECK(cluster.node(1).count("aptos_keys_created") == 1);
  CHECK(cluster.run("02_deploy_jobspecs", {"era=2024-10"}).exit == 0);
}
