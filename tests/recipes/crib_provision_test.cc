// recipes/crib/provision and preprovision, as an operator runs them, on anvil and ten stand-in
// nodes; and killed on its way.
#include <fmt/core.h>
#include <signal.h>

#include "engine/base/file.h"
#include "tests/catch.h"
#include "tests/recipes/crib_dons.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr const char* kProvision = "provision";
/// Transactions: five contracts and the proxy's, four transmitters, five of the registry, the
/// configuration, three feeds.
constexpr int kTransactions = 19;
constexpr int kJobs = 24;  ///< five of OCR3, fifteen of feeds, four workflows
constexpr int kKilledBySignal = 128 + SIGKILL;
using Names = std::vector<std::string>;

int written(CribCluster& cluster) {
  return count_on_nodes(cluster, "jobs_created") + count_on_nodes(cluster, "jobs_replaced");
}

std::string block_in_artefact(CribCluster& cluster) {
  return fmt::format("\"setConfigTxBlock\":{},", cluster.config_block());
}

/// Blocks may hold several transactions of the accounts that are funded side by side: the number of
/// one says nothing.
Json lasting(CribCluster& cluster) {
  Json state = cluster.state();
  state.erase("artefact");
  state["bridges"] = count_on_nodes(cluster, "bridges_created");
  state["dons"] =
      read_number(cluster.chain().node(), created_address(kFirstAccount, 2), "getNextDONId()")
          .text();
  CHECK_THAT(cluster.artefact(), ContainsSubstring(block_in_artefact(cluster)));
  return state;
}

void kill_every(int stride, int first, const std::string& point) {
  CribChain chain;
  Json expected;
  {
    CribCluster cluster(chain, two_dons());
    REQUIRE(cluster.run(kProvision, to_provision()).exit == 0);
    expected = lasting(cluster);
  }
  for (int event = first;; event += stride) {
    CribCluster cluster(chain, two_dons());
    const Ran killed = cluster.die_at(kProvision, point, event, to_provision());
    INFO(point << " " << event << "\n" << killed.err);
    if (killed.exit == 0) {
      CHECK(lasting(cluster) == expected);
      CHECK(event > 200);
      return;
    }
    REQUIRE(killed.exit == kKilledBySignal);
    const Ran resumed = cluster.go_on(kProvision, to_provision());
    INFO(resumed.err);
    REQUIRE(resumed.exit == 0);
    REQUIRE(lasting(cluster) == expected);
  }
}

}  // namespace

TEST_CASE("A cluster of two DONs is provisioned whole, and a second run changes nothing",
          "[crib]") {
  CribChain chain;
  CribCluster cluster(chain, two_dons());
  const Ran first = cluster.run(kProvision, to_provision());
  INFO(first.err);
  REQUIRE(first.exit == 0);
  CHECK(chain.sent() == kTransactions);
  CHECK(written(cluster) == kJobs);
  CHECK(count_on_nodes(cluster, "replays") == 5);
  CHECK(count_on_nodes(cluster, "bridges_created") == 15);
  CHECK(job_names(cluster, 0) == Names{"ocr3_bootstrap"});
  CHECK(job_names(cluster, 4) == Names{"ocr3_oracle", "keystone_workflow"});
  CHECK(job_names(cluster, 5) == Names{"boot-BTC/USD", "boot-LINK/USD", "boot-NATIVE/USD"});
  CHECK(job_names(cluster, 9) ==
        Names{"mercury-feed-BTC/USD", "mercury-feed-LINK/USD", "mercury-feed-NATIVE/USD"});
  const std::string registry = created_address(kFirstAccount, 2);
  CHECK_THAT(cluster.artefact(), ContainsSubstring(block_in_artefact(cluster)) &&
                                     ContainsSubstring("\"CapabilitiesRegistry\":\"" + registry));
  CHECK_THAT(cluster.folder().read("artefacts/crib-postprovision.yaml"),
             ContainsSubstring("Address = '" + registry) &&
                 ContainsSubstring("FromAddress = '" + cluster.transmitter(1)));

  const Ran second = cluster.run(kProvision);
  INFO(second.err);
  CHECK(second.exit == 0);
  CHECK_THAT(second.err, ContainsSubstring("nothing was to be done"));
  CHECK(chain.sent() == kTransactions);
  CHECK(written(cluster) == kJobs);
  CHECK(count_on_nodes(cluster, "replays") == 5);
  CHECK(count_on_nodes(cluster, "bridges_updated") == 0);
}

TEST_CASE("Provisioning tops up transmitters that have less than it says, and no others",
          "[crib]") {
  CribChain chain;
  CribCluster cluster(chain, two_dons());
  chain.set_balance(cluster.transmitter(1), "0.04 ether");
  chain.set_balance(cluster.transmitter(2), "0.06 ether");
  const Ran ran = cluster.run(kProvision, to_provision());
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  CHECK(chain.sent() == kTransactions - 1);
  CHECK(balance_of(chain.node(), cluster.transmitter(1)) == Bigint::parse("0.5 ether"));
  CHECK(balance_of(chain.node(), cluster.transmitter(2)) == Bigint::parse("0.06 ether"));
  CHECK(balance_of(chain.node(), cluster.transmitter(6)) == Bigint(0));
}

TEST_CASE("Provisioning configures anew where a digest differs, and only there", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain, two_dons());
  REQUIRE(cluster.run(kProvision, to_provision()).exit == 0);
  cluster.edit("ocr_config.json", "\"MaxRoundsPerEpoch\": 10", "\"MaxRoundsPerEpoch\": 11");
  const Ran ran = cluster.run(kProvision);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK(chain.sent() == kTransactions + 1);
  CHECK(cluster.config_count() == 2);
  CHECK(written(cluster) == kJobs);
  CHECK(count_on_nodes(cluster, "replays") == 10);
}

TEST_CASE("Without the verifiers' bytecode feeds have bridges, and it says what is left out",
          "[crib]") {
  CribChain chain;
  CribCluster cluster(chain, two_dons());
  Names parameters = to_provision();
  parameters.resize(3);
  const Ran ran = cluster.run(kProvision, parameters);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.err, ContainsSubstring("no feed is configured"));
  CHECK(chain.sent() == kTransactions - 6);
  CHECK(job_names(cluster, 9).empty());
  CHECK(count_on_nodes(cluster, "bridges_created") == 15);
}

TEST_CASE("Provisioning with a node down deploys, funds and names it, and a resume does the rest",
          "[crib]") {
  CribChain chain;
  CribCluster cluster(chain, two_dons());
  cluster.stop_node(2);
  const Ran ran = cluster.run(kProvision, to_provision());
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("does not answer") && ContainsSubstring("waits for it"));
  CHECK(chain.sent() == 9);  // contracts, and three transmitters
  cluster.start_node(2);
  const Ran resumed = cluster.resume();
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(chain.sent() == kTransactions);
  CHECK(written(cluster) == kJobs);
}

TEST_CASE("The nodes of two DONs are written down before there are any", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  const Ran ran = cluster.type({"run", "recipes/crib/preprovision"});
  INFO(ran.err);
  CHECK(ran.exit == 0);
  const std::string data = "tests/recipes/crib/data/crib-preprovision.expected.yaml";
  CHECK(cluster.folder().read("artefacts/crib-preprovision.yaml") ==
        read_file(std::filesystem::path(SOURCE_FOLDER) / data));
}

TEST_CASE("Provisioning killed on its way and resumed leaves what an uninterrupted run leaves",
          "[crib]") {
  kill_every(53, 11, "before_append");
}

TEST_CASE("Provisioning killed at any event leaves what an uninterrupted run leaves",
          "[.crib-kills]") {
  kill_every(1, 1, "before_append");
}
