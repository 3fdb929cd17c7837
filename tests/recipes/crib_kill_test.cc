// recipes/crib killed at every event and resumed: what is then on the chain, on the nodes and in
// deployed_contracts.json is what an uninterrupted run leaves.
#include <fmt/core.h>
#include <signal.h>

#include "tests/catch.h"
#include "tests/recipes/crib_cluster.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr int kKilledBySignal = 128 + SIGKILL;

/// Before the recipe that is killed.
using Prepare = std::function<void(CribCluster&)>;

Json uninterrupted(CribChain& chain, const std::string& recipe, const Prepare& prepare) {
  CribCluster cluster(chain);
  prepare(cluster);
  const Ran ran = cluster.run(recipe);
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  return cluster.state();
}

void kill_at_every_event(CribChain& chain, const std::string& recipe, const std::string& point,
                         const Prepare& prepare) {
  const Json expected = uninterrupted(chain, recipe, prepare);
  int event = 1;
  for (;; ++event) {
    CribCluster cluster(chain);
    prepare(cluster);
    const Ran killed = cluster.die_at(recipe, point, event);
    INFO(recipe << ": " << point << " " << event << "\n" << killed.err);
    if (killed.exit == 0) {
      CHECK(cluster.state() == expected);
      break;
    }
    REQUIRE(killed.exit == kKilledBySignal);
    const Ran resumed = cluster.go_on(recipe);
    INFO(resumed.err);
    REQUIRE(resumed.exit == 0);
    REQUIRE(cluster.state() == expected);
  }
  CHECK(event > 20);
}

void kill_01(const std::string& point) {
  CribChain chain;
  kill_at_every_event(chain, kContracts, point, [](CribCluster&) {});
}

void kill_02(const std::string& point) {
  CribChain chain;
  CribCluster configured(chain);
  REQUIRE(configured.run(kContracts).exit == 0);
  chain.keep();
  kill_at_every_event(chain, "02_deploy_jobspecs", point,
                      [&](CribCluster& cluster) { cluster.take_over(configured); });
}

}  // namespace

TEST_CASE("01 killed at any event and resumed leaves what an uninterrupted run leaves", "[crib]") {
  kill_01("before_append");
}

TEST_CASE("02 killed at any event and resumed leaves what an uninterrupted run leaves", "[crib]") {
  kill_02("before_append");
}

TEST_CASE("01 and 02 killed once an event is durable leave what uninterrupted runs leave",
          "[.crib-kills]") {
  kill_01("after_commit");
  kill_02("after_commit");
}
