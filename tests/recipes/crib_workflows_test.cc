// recipes/crib/06_deploy_workflows and 07_delete_workflows, as an operator runs them.
#include "tests/catch.h"
#include "tests/recipes/crib_dons.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr const char* kDeploy = "06_deploy_workflows";
using Names = std::vector<std::string>;

Ran delete_workflows(CribCluster& cluster, const Names& more = {}) {
  Names arguments = {"run", "recipes/crib/07_delete_workflows", "-p", "node_list=nodes.txt"};
  for (const std::string& parameter : more) {
    arguments.insert(arguments.end(), {"-p", parameter});
  }
  return cluster.type(arguments);
}

}  // namespace

TEST_CASE("06 puts the workflow on all but the bootstrap node, and 07 deletes it", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  const Ran first = cluster.run(kDeploy);
  INFO(first.err);
  REQUIRE(first.exit == 0);
  CHECK(job_names(cluster, 0).empty());
  CHECK(job_names(cluster, 4) == Names{"keystone_workflow"});
  const Ran second = cluster.run(kDeploy);
  CHECK_THAT(second.err, ContainsSubstring("nothing was to be done"));
  CHECK(count_on_nodes(cluster, "jobs_created", 5) == 4);
  // Another text takes the place of the job of this name.
  const std::string target = "target_address=" + std::string(kSecondAccount);
  CHECK(cluster.run(kDeploy, {target}).exit == 0);
  CHECK(count_on_nodes(cluster, "jobs_replaced", 5) == 4);
  CHECK(job_names(cluster, 4) == Names{"keystone_workflow"});

  CHECK(delete_workflows(cluster, {"names=another"}).exit == 0);
  CHECK(job_names(cluster, 4).size() == 1);
  const Ran deleted = delete_workflows(cluster);
  INFO(deleted.err);
  CHECK(deleted.exit == 0);
  CHECK_THAT(deleted.out, ContainsSubstring("jobs_deleted: 4"));
  CHECK(job_names(cluster, 4).empty());
  CHECK_THAT(delete_workflows(cluster).err, ContainsSubstring("nothing was to be done"));
  CHECK(chain.sent() == 0);
}

TEST_CASE("06 puts a workflow from a file, if it is one", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  cluster.folder().write("mine.toml",
                         "type = \"workflow\"\nschemaVersion = 1\nname = \"mine\"\n"
                         "workflow = \"x\"\nworkflowOwner = \"0x12\"\n");
  const Ran ran = cluster.run(kDeploy, {"workflow=mine.toml"});
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK(job_names(cluster, 1) == Names{"mine"});
  CHECK(delete_workflows(cluster, {"names=mine"}).exit == 0);
  CHECK(job_names(cluster, 1).empty());
  const Ran wrong = cluster.run(kDeploy, {"workflow=ocr_config.json"});
  CHECK(wrong.exit == 2);
  CHECK_THAT(wrong.err, ContainsSubstring("is no job spec of a workflow that has a name"));
}

TEST_CASE("06 names the node that is down, and a resume puts its workflow there", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  cluster.stop_node(2);
  const Ran ran = cluster.run(kDeploy);
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("does not answer") &&
                          ContainsSubstring("its workflow waits for it"));
  cluster.start_node(2);
  CHECK(cluster.resume().exit == 0);
  CHECK(count_on_nodes(cluster, "jobs_created", 5) == 4);
}
