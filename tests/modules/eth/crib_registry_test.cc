// What the registry of tests/contracts keeps, shows and refuses.
#include "engine/base/file.h"
#include "tests/catch.h"
#include "tests/modules/eth/contract_on_node.h"

using namespace runbook;
using namespace runbook::test;

namespace {

std::string capability_id(const std::string& capability) {
  const auto file = std::filesystem::path(SOURCE_FOLDER) / "tests/modules/eth";
  return Json::parse(read_file(file / "chainlink_vectors.json"))
      .at("hashedCapabilityIds")
      .at(capability);
}

/// A registry with two capabilities and an operator, and nodes that have them.
struct Registry {
  Node node = anvil();
  ContractOnNode contract{node, "CapabilitiesRegistry"};
  std::string trigger = capability_id("streams-trigger@1.1.0");
  std::string consensus = capability_id("offchain_reporting@1.0.0");
  Json both = list(trigger, consensus);

  Registry() {
    contract.deploy();
    contract.send("addCapabilities",
                  list(list(list("streams-trigger", "1.1.0", 0, 0, account_of(0)),
                            list("offchain_reporting", "1.0.0", 2, 0, account_of(0)))));
    contract.send("addNodeOperators", list(list(list(kFirstAccount, "MY_NODE_OPERATOR"))));
  }
  /// The argument of addNodes for one node.
  static Json node_of(int operator_id, int signer, int p2p, int key, const Json& capabilities) {
    return list(list(list(operator_id, word_of(signer), word_of(p2p), word_of(key), capabilities)));
  }
  /// The arguments of addDON.
  static Json don_of(const Json& nodes, const std::string& capability, bool workflows, int f = 1) {
    return list(nodes, list(list(capability, "0x0a00")), true, workflows, f);
  }
  /// Nodes 11 to 13 with both capabilities, and 14 with one.
  void add_nodes() {
    for (int i = 1; i <= 4; ++i) {
      contract.send("addNodes", node_of(1, i, 10 + i, 20 + i, i == 4 ? list(trigger) : both));
    }
  }
  void check_refusal(const std::string& function, const Json& arguments,
                     const std::string& refusal) {
    CHECK_THAT(contract.refusal(function, arguments), ContainsSubstring(refusal));
  }
};

}  // namespace

TEST_CASE("The registry keeps capabilities and operators, each capability once", "[chain]") {
  Registry registry;
  const Json kept = registry.contract.read("getCapabilities")[0];
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].at("hashedId") == registry.trigger);
  CHECK(kept[1].at("hashedId") == registry.consensus);
  CHECK(registry.contract.read("getNodeOperators")[0][0].at("name") == "MY_NODE_OPERATOR");
  const Json again = list(list(list("streams-trigger", "1.1.0", 0, 0, account_of(0))));
  registry.check_refusal("addCapabilities", again,
                         "CapabilityAlreadyExists(hashedCapabilityId = " + registry.trigger + ")");
  CHECK(registry.contract.refusal("addCapabilities", again, kSecondAccount) ==
        "Only callable by owner");
  registry.check_refusal("addCapabilities",
                         list(list(list("other", "1.0.0", 0, 0, kSecondAccount))),
                         "InvalidCapabilityConfigurationContractInterface");
  registry.check_refusal("addNodeOperators", list(list(list(account_of(0), "nobody"))),
                         "InvalidNodeOperatorAdmin()");
}

TEST_CASE("The registry takes nodes of its operators that are whole and new", "[chain]") {
  Registry registry;
  const Json& both = registry.both;
  const auto check = [&](const Json& node, const std::string& refusal) {
    registry.check_refusal("addNodes", node, refusal);
  };
  check(Registry::node_of(2, 1, 1, 1, both), "NodeOperatorDoesNotExist(nodeOperatorId = 2)");
  check(Registry::node_of(1, 0, 1, 1, both), "InvalidNodeSigner()");
  check(Registry::node_of(1, 1, 0, 1, both), "InvalidNodeP2PId");
  check(Registry::node_of(1, 1, 1, 0, both), "InvalidNodeEncryptionPublicKey");
  check(Registry::node_of(1, 1, 1, 1, Json::array()), "InvalidNodeCapabilities");
  check(Registry::node_of(1, 1, 1, 1, list(word_of(9))), "InvalidNodeCapabilities");
  CHECK_THAT(
      registry.contract.refusal("addNodes", Registry::node_of(1, 1, 1, 1, both), kSecondAccount),
      ContainsSubstring("AccessForbidden(sender = "));
  registry.add_nodes();
  check(Registry::node_of(1, 9, 11, 1, both), "NodeAlreadyExists(nodeP2PId = " + word_of(11) + ")");
  check(Registry::node_of(1, 1, 99, 1, both), "InvalidNodeSigner()");
  const Json nodes = registry.contract.read("getNodes")[0];
  REQUIRE(nodes.size() == 4);
  CHECK(nodes[0].at("signer") == word_of(1));
  CHECK(nodes[3].at("hashedCapabilityIds") == list(registry.trigger));
}

TEST_CASE("The registry forms DONs of nodes that can do what is asked of them", "[chain]") {
  Registry registry;
  registry.add_nodes();
  const Json three = list(word_of(11), word_of(12), word_of(13));
  const std::string& trigger = registry.trigger;
  const auto check = [&](const Json& don, const std::string& refusal) {
    registry.check_refusal("addDON", don, refusal);
  };
  check(Registry::don_of(three, trigger, false, 0), "InvalidFaultTolerance(f = 0, nodeCount = 3)");
  check(Registry::don_of(three, trigger, false, 3), "InvalidFaultTolerance");
  check(Registry::don_of(list(word_of(11), word_of(11)), trigger, false),
        "DuplicateDONNode(donId = 1");
  check(Registry::don_of(list(word_of(11), word_of(99)), trigger, false), "NodeDoesNotExist");
  check(Registry::don_of(list(word_of(11), word_of(14)), registry.consensus, false),
        "NodeDoesNotSupportCapability(nodeP2PId = " + word_of(14));
  check(Registry::don_of(three, word_of(9), false), "CapabilityDoesNotExist");
  Json twice = Registry::don_of(three, trigger, false);
  twice[1].push_back(twice[1][0]);
  check(twice, "DuplicateDONCapability");

  registry.contract.send("addDON", Registry::don_of(three, registry.consensus, true));
  registry.contract.send("addDON", Registry::don_of(three, trigger, false));
  check(Registry::don_of(three, registry.consensus, true), "NodePartOfWorkflowDON");
  const Json dons = registry.contract.read("getDONs")[0];
  REQUIRE(dons.size() == 2);
  CHECK(dons[0].at("nodeP2PIds") == three);
  CHECK(dons[1].at("id") == 2);
  const Json node = registry.contract.read("getNodes")[0][0];
  CHECK(node.at("workflowDONId") == 1);
  CHECK(node.at("capabilitiesDONIds") == list(Json{{"$bigint", "2"}}));
}
