// recipes/crib/03_gen_crib: the overrides, and the redeployment by a devspace and a kubectl that
// answer as recorded.
#include <sys/stat.h>

#include "tests/catch.h"
#include "tests/modules/devspace/fake_tools.h"
#include "tests/recipes/crib_cluster.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr const char* kOverrides = "03_gen_crib";

/// As a cluster is when its contracts are deployed; with a folder for the overrides.
struct Overridden {
  Overridden() : cluster(chain) {
    cluster.change_environment("DEVSPACE_NAMESPACE", "crib-a");
    REQUIRE(cluster.run(kContracts).exit == 0);
    std::filesystem::create_directory(cluster.path() / "out");
  }
  std::string text() const { return cluster.folder().read("out/crib-cluster-overrides.yaml"); }

  CribChain chain;
  CribCluster cluster;
};

}  // namespace

TEST_CASE("03 writes the overrides for their owner alone, and the same again", "[crib]") {
  Overridden at;
  const Ran ran = at.cluster.run(kOverrides, {"outpath=out"});
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  const std::string text = at.text();
  CHECK_THAT(text,
             ContainsSubstring("        node5: \n          image: ${runtime.images.app}\n") &&
                 ContainsSubstring("ForwarderAddress = '" + CribCluster::forwarder_address()));
  CHECK(text.back() == '\'');
  CHECK(text.find("FromAddress = '" + at.cluster.transmitter(1)) != std::string::npos);
  CHECK(text.find(at.cluster.transmitter(0)) == std::string::npos);
  struct stat status {};
  REQUIRE(stat((at.cluster.path() / "out/crib-cluster-overrides.yaml").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
  const Ran again = at.cluster.run(kOverrides, {"outpath=out"});
  CHECK_THAT(again.err, ContainsSubstring("the overrides are as they were"));
  CHECK(at.text() == text);
}

TEST_CASE("03 deploys the cluster with the overrides, replaces its pods and waits for them",
          "[crib]") {
  Overridden at;
  FakeTools tools;
  const Json pod = {
      {"kind", "Pod"},
      {"metadata", {{"name", "app-node-1-0"}, {"namespace", "crib-a"}, {"uid", "2"}}},
      {"status",
       {{"phase", "Running"}, {"conditions", {{{"type", "Ready"}, {"status", "True"}}}}}}};
  const std::string view = recorded_text("kubectl-view.out");
  tools.devspace.play({"print-crib", "deploy"});
  const std::string seen = (at.cluster.path() / "seen").string();
  tools.devspace.before("deploy", "echo $CRIB_CLUSTER_OVERRIDES >" + seen);
  tools.releases("");
  tools.kubectl.play("view", {"config", "view", "--minify", "--output=json", "--context=x"}, view);
  tools.kubectl.play({"kubectl-view"});
  tools.kubectl.play(
      "delete",
      {"--context=x", "--namespace=crib-a", "delete", "--wait=true", "--timeout=600s",
       "--ignore-not-found", "--output=name", "pods", "--selector=app=app"},
      "pod/app-node-1-0\n");
  tools.kubectl.play("pods",
                     {"--context=x", "--namespace=crib-a", "--request-timeout=30s", "get", "pods",
                      "--selector=app=app", "--output=json"},
                     Json{{"kind", "List"}, {"items", Json::array({pod})}}.dump());
  at.cluster.change_environment("PATH", getenv("PATH"));
  const Ran ran = at.cluster.run(
      kOverrides, {"outpath=out", "redeploy=true", "context=x", "devspace_folder=out"});
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(at.cluster.folder().read("seen"),
             ContainsSubstring("/out/crib-cluster-overrides.yaml\n"));
  CHECK_THAT(ran.err, ContainsSubstring("no job for " + CribCluster::ocr3_address()));
}

TEST_CASE("03 writes the overrides of a cluster of the late era, once it has a registry",
          "[crib]") {
  Overridden at;
  const std::string don =
      R"(dons=[{"name":"workflow","prefix":"ks-wf-","nodes":5,"bootstrap":1,"f":1,)"
      R"("accepts_workflows":true,)"
      R"("capabilities":[{"id":"offchain_reporting@1.0.0","type":"consensus"}]}])";
  const std::vector<std::string> late = {"outpath=out", "era=late", don};
  const Ran early = at.cluster.run(kOverrides, late);
  CHECK(early.exit == 2);
  CHECK_THAT(early.err, ContainsSubstring("crib-a has no capabilities registry on this chain"));
  CHECK(at.cluster.type({"cancel", "@last"}).exit == 0);
  const Ran registry =
      at.cluster.run("05_capabilities_registry",
                     {don, "registry_bytecode_file=bytecode/CapabilitiesRegistry.bin"});
  INFO(registry.err);
  REQUIRE(registry.exit == 0);
  const Ran ran = at.cluster.run(kOverrides, late);
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  CHECK_THAT(
      at.text(),
      ContainsSubstring("                0-ks-wf-bt-node1:\n") &&
          ContainsSubstring("Address = '" + created_address(kFirstAccount, kFullRun) + "'") &&
          ContainsSubstring("FromAddress = '" + at.cluster.transmitter(4) + "'") &&
          ContainsSubstring("@app-0-ks-wf-bt-node1:6691']"));
}

TEST_CASE("03 wants to know where it deploys to", "[crib]") {
  Overridden at;
  const Ran ran = at.cluster.run(kOverrides, {"outpath=out", "redeploy=true"});
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("redeploy takes the kube context to deploy to"));
}
