// recipes/crib on what is real: geth as the chain, an API server that has the nodes. The second
// tier.
#include <fmt/core.h>

#include "tests/catch.h"
#include "tests/modules/kubectl/control_plane.h"
#include "tests/recipes/crib_cluster.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// A node of CRIB as its chart makes it: Deployment, login, host.
std::string node_manifest(int number) {
  return fmt::format(R"yaml(---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: app-node-{0}, labels: {{app: app}}}}
spec:
  selector: {{matchLabels: {{instance: node-{0}}}}}
  template:
    metadata: {{labels: {{app: app, instance: node-{0}}}}}
    spec:
      containers: [{{name: node, image: "example.test/chainlink:1"}}]
      volumes:
      - {{name: toml, configMap: {{name: toml}}}}
      - {{name: creds, configMap: {{name: app-node-{0}-cm}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: app-node-{0}-cm}}
data: {{apicredentials: "admin@chain.link\\nlong password {0}\\n", node-password: "keystore of {0}"}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: app-node-{0}}}
spec:
  rules:
  - host: crib-node{0}.example.test
    http:
      paths:
      - {{path: /, pathType: Prefix, backend: {{service: {{name: app-node-{0}, port: {{number: 6688}}}}}}}}
)yaml",
                     number);
}

}  // namespace

TEST_CASE("01 and 02 provision a cluster whose chain is geth, once", "[.geth]") {
  Node chain = geth(0);
  const Account account = funded_on_geth(chain);
  CribChain anvil;
  CribCluster cluster(anvil, std::vector<Json>(5, {{"chain_ids", {"1337"}}}));
  cluster.change_environment("KEYSTONE_ETH_HTTP_URL", chain.url());
  cluster.change_environment("KEYSTONE_ACCOUNT_KEY", account.key);
  for (const int session : {1, 2}) {
    const Ran ran = cluster.run(kContracts, {"chain_id=1337"});
    INFO(session << ": " << ran.err);
    REQUIRE(ran.exit == 0);
    CHECK(count_of(chain, account.address) == kFullRun);
  }
  CHECK(balance_of(chain, cluster.transmitter(4)) == Bigint::parse("0.05 ether"));
  const Ran jobs = cluster.run("02_deploy_jobspecs", {"chain_id=1337"});
  INFO(jobs.err);
  CHECK(jobs.exit == 0);
  CHECK(cluster.node(4).count("jobs_created") == 1);
}

TEST_CASE("The nodes of a CRIB cluster are found in a real API server", "[.kubernetes]") {
  const Namespace space;
  const Folder folder;
  const std::filesystem::path source = SOURCE_FOLDER;
  std::filesystem::copy(source / "recipes/crib/lib", folder.path() / "lib");
  std::filesystem::copy(source / "tests/recipes/crib/list_nodes.lua", folder.path() / "r.lua");
  const auto manifest =
      folder.write("crib.yaml", node_manifest(10) + node_manifest(2) + node_manifest(1));
  const Ran applied = space.kubectl({"apply", "-f", manifest.string()});
  INFO(applied.err);
  REQUIRE(applied.exit == 0);
  const Ran ran = run_runbook(
      {"run", "r.lua", "-p", "namespace=" + space.name(), "-p", "context=admin", "-o", "plain"},
      folder.path(), space.plane().environment());
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out,
             ContainsSubstring("nodes: node-1 https://crib-node1.example.test app-node-1 in "
                               "credentials bootstrap; node-2 https://crib-node2.example.test") &&
                 ContainsSubstring("node-10 https://crib-node10.example.test") &&
                 ContainsSubstring("[secret API credentials of node-1]"));
  CHECK_THAT(folder.read(".runbook/state.db") + ran.out + ran.err,
             !ContainsSubstring("long password") && !ContainsSubstring("keystore of"));
}
