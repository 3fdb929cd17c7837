// recipes/crib/05_capabilities_registry, as an operator runs it, on anvil and ten stand-in nodes.
#include "tests/catch.h"
#include "tests/recipes/crib_dons.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr const char* kRegistry = "05_capabilities_registry";
constexpr int kBoth = 6;  ///< transactions: contract, capabilities, operator, nodes, two DONs
const std::string kBytecode = "registry_bytecode_file=bytecode/CapabilitiesRegistry.bin";

std::string registry_address() {
  return created_address(kFirstAccount, 0);
}

int dons_on_chain(CribChain& chain) {
  return std::stoi(read_number(chain.node(), registry_address(), "getNextDONId()").text()) - 1;
}

Ran tell(CribCluster& cluster, std::vector<std::string> more = {}) {
  more.push_back(kBytecode);
  return cluster.run(kRegistry, more);
}

}  // namespace

TEST_CASE("05 deploys the registry and tells it of two DONs, and a second run sends nothing",
          "[crib]") {
  CribChain chain;
  CribCluster cluster(chain, two_dons());
  const Ran first = tell(cluster);
  INFO(first.err);
  REQUIRE(first.exit == 0);
  CHECK(chain.sent() == kBoth);
  CHECK(dons_on_chain(chain) == 2);
  CHECK_THAT(first.out,
             ContainsSubstring(registry_address()) && ContainsSubstring("transactions: 5"));
  const Ran second = cluster.run(kRegistry);
  INFO(second.err);
  CHECK(second.exit == 0);
  CHECK(chain.sent() == kBoth);
  CHECK_THAT(second.err, ContainsSubstring("nothing was to be done"));
}

TEST_CASE("05 sends only what the registry lacks", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain, two_dons());
  REQUIRE(tell(cluster, {workflow_don(5)}).exit == 0);
  CHECK(chain.sent() == 5);
  SECTION("a DON more: the operator is known by its account and name") {
    Json other = Json::parse(workflow_don(5).substr(5)).at(0);
    Json prices = other;
    prices.update({{"name", "prices"}, {"accepts_workflows", false}});
    const Ran ran = tell(cluster, {"dons=" + Json::array({other, prices}).dump()});
    INFO(ran.err);
    CHECK(ran.exit == 0);
    CHECK(chain.sent() == 7);  // its nodes and itself; the capability is there
    CHECK(dons_on_chain(chain) == 2);
  }
  SECTION("a refusal is the contract's own, and nothing is sent") {
    const Ran ran = tell(cluster, {workflow_don(6)});
    INFO(ran.err);
    CHECK(ran.exit == 1);
    CHECK_THAT(ran.err, ContainsSubstring("NodePartOfWorkflowDON"));
    CHECK(dons_on_chain(chain) == 1);
  }
  SECTION("what it holds otherwise is not sent over it") {
    Json don = Json::parse(workflow_don(5).substr(5)).at(0);
    don["accepts_workflows"] = false;
    const Ran ran = tell(cluster, {"dons=" + Json::array({don}).dump()});
    INFO(ran.err);
    CHECK(ran.exit == 12);
    CHECK_THAT(ran.err, ContainsSubstring("the registry has DON workflow as 1") &&
                            ContainsSubstring("fresh_registry=true"));
    CHECK(chain.sent() == 5);
  }
}

TEST_CASE("05 uses a registry that is named, if it is one", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain, two_dons());
  const Ran wrong = cluster.run(kRegistry, {"registry=" + registry_address()});
  INFO(wrong.err);
  CHECK(wrong.exit == 12);
  CHECK_THAT(wrong.err, ContainsSubstring("this chain has no contract there"));
  CHECK(cluster.type({"cancel", "@last"}).exit == 0);
  REQUIRE(tell(cluster).exit == 0);
  std::filesystem::remove_all(cluster.path() / ".runbook");
  const Ran named = cluster.run(kRegistry, {"registry=" + registry_address()});
  INFO(named.err);
  CHECK(named.exit == 0);
  CHECK(chain.sent() == kBoth);
}

TEST_CASE("05 says what is wrong with the DONs before anything is sent", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  const auto refused = [&](const std::string& dons, const std::string& sentence) {
    const Ran ran = tell(cluster, dons.empty() ? std::vector<std::string>{} : std::vector{dons});
    INFO(ran.err);
    CHECK(ran.exit == 2);
    CHECK_THAT(ran.err, ContainsSubstring(sentence));
    CHECK(cluster.type({"cancel", "@last"}).exit == 0);
  };
  refused("", "not enough nodes to populate all DONs: required 10, got 5");
  refused("dons=[]", "dons names no DON");
  refused(
      "dons=[{\"name\":\"a\",\"prefix\":\"\",\"nodes\":4,\"bootstrap\":1,\"f\":1,"
      "\"capabilities\":[{\"id\":\"x@1\",\"type\":\"oracle\"}]}]",
      "DON a: f is at least 1, with 3 f + 1 nodes and the bootstrap node; DON a: x@1 is a "
      "trigger");
  CHECK(chain.sent() == 0);
}
