// recipes/crib/deploy, ttl, purge and fresh, as an operator runs them, with a devspace and a
// kubectl that answer from recorded cases.
#include "tests/catch.h"
#include "tests/recipes/crib_cluster.h"
#include "tests/recipes/crib_tools.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// A project with the recipes, and crib/ beside it in which devspace.yaml would be.
struct Project {
  Project() {
    std::filesystem::create_directory_symlink(std::filesystem::path(SOURCE_FOLDER) / "recipes",
                                              folder.path() / "recipes");
    std::filesystem::create_directory(folder.path() / "crib");
  }
  Ran run(const std::string& recipe, const Lines& parameters,
          const Environment& environment = kSettings) {
    Lines arguments = {"run", "recipes/crib/" + recipe, "-p", "context=x"};
    for (const std::string& parameter : parameters) {
      arguments.insert(arguments.end(), {"-p", parameter});
    }
    return run_runbook(arguments, folder.path(), environment);
  }
  Folder folder;
};

const Lines kFar = {"devspace_folder=crib", "at=2130-01-31T12:00:00Z"};

}  // namespace

TEST_CASE("The pods are deployed, the namespace is labelled, and the nodes' addresses are told",
          "[crib]") {
  Tools tools;
  tools.deploys("crib-a");
  Project project;
  const Ran ran = project.run("deploy", kFar);
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("https://crib-a-node1.example.test") &&
                          ContainsSubstring("lives_until: 2130-01-31T120000Z") &&
                          ContainsSubstring("revision: 1"));
}

TEST_CASE("All settings that a deployment lacks are named at once", "[crib]") {
  Project project;
  const Ran ran = project.run("deploy", {"namespace=crib-a", "rpc_url=http://127.0.0.1:9"}, {});
  CHECK(ran.exit == 2);
  for (const auto& [variable, value] : kSettings) {
    if (variable != "KEYSTONE_ETH_HTTP_URL" && variable != "DEVSPACE_NAMESPACE") {
      CHECK_THAT(ran.err, ContainsSubstring(variable));
    }
  }
}

TEST_CASE("A pipeline that runs the old provisioner is refused, and nothing is deployed",
          "[crib]") {
  Tools tools;
  std::string config = text_of("devspace", "print-crib.out");
  const std::string last = "create_deployments app";
  config.replace(config.find(last), last.size(),
                 "./bin/keystone deploy-contracts --accountkey=x; " + last);
  tools.devspace.play("print", Tools::on("crib-a", {"print"}), config);
  Project project;
  const Ran ran = project.run("deploy", kFar);
  INFO(ran.err);
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("the pipeline deploy of devspace.yaml runs "
                                        "deploy-contracts: it would deploy and fund"));
}

TEST_CASE("A namespace lives until a time that is counted from now", "[crib]") {
  Tools tools;
  Project project;
  SECTION("which is in the label") {
    const Ran ran = project.run("ttl", {"ttl=7d"});
    const std::string asked = tools.kubectl.take_unrecorded();
    const std::size_t at = asked.find("cleanup.kyverno.io/ttl=2");
    REQUIRE(at != std::string::npos);
    const std::string until = asked.substr(at + 23, asked.find('\n', at) - at - 23);
    CHECK(until.size() == std::string("2026-01-31T120000Z").size());
    CHECK_THAT(ran.err, ContainsSubstring("hint"));
  }
  SECTION("or what was said, where that is asked for") {
    tools.labels("crib-a", "7d");
    const Ran ran = project.run("ttl", {"ttl=7d", "relative=true"});
    INFO(ran.err);
    CHECK(ran.exit == 0);
    CHECK_THAT(ran.out, ContainsSubstring("lives_until: 7d"));
  }
  SECTION("and not until one that is past") {
    const Ran ran = project.run("ttl", {"at=2020-01-31T12:00:00Z"});
    CHECK(ran.exit == 2);
    CHECK_THAT(ran.err, ContainsSubstring("2020-01-31T12:00:00Z is past"));
  }
}

TEST_CASE("A cluster is removed once somebody has seen what is lost with it", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  REQUIRE(cluster.run(kContracts, {"namespace=crib-a"}).exit == 0);
  std::filesystem::create_directory(cluster.path() / "crib");
  Tools tools;
  tools.purges("crib-a", "crib-b");
  const Lines common = {"-p", "context=x",           "-p", "namespace=crib-a",
                        "-p", "chain_id=31337",      "-p", "devspace_folder=crib",
                        "-p", "new_namespace=crib-b"};
  const auto begin = [&](const std::string& recipe, const Lines& more) {
    Lines arguments = {"run", "recipes/crib/" + recipe};
    arguments.insert(arguments.end(), common.begin(), common.end());
    arguments.insert(arguments.end(), more.begin(), more.end());
    for (const auto& [name, value] : kSettings) {
      if (name != "KEYSTONE_ETH_HTTP_URL") {
        cluster.change_environment(name, value);
      }
    }
    return cluster.type(arguments);
  };
  SECTION("purge makes the next namespace") {
    const Ran asks = begin("purge", {});
    INFO(asks.err);
    CHECK(asks.exit == 10);
    CHECK_THAT(asks.err, ContainsSubstring(cluster.transmitter(1)) &&
                             ContainsSubstring("0.05 ether") &&
                             ContainsSubstring("no chainlink node crib pods found in crib-a"));
    CHECK(tools.devspace.played().size() == 1);  // its version
    const Ran done = cluster.resume({"--approve", "remove the cluster"});
    INFO(done.err);
    CHECK(done.exit == 0);
    CHECK(tools.devspace.played().back() == "purge");
    CHECK(tools.kubectl.played().back() == "create");
  }
  SECTION("and nothing happens where they say no") {
    CHECK(begin("purge", {}).exit == 10);
    CHECK(cluster.type({"deny", "@last", "remove the cluster"}).exit != 2);
    CHECK(cluster.resume().exit == 1);
    CHECK(tools.devspace.played().back() == "version");
  }
  SECTION("fresh deploys in the new namespace, for new contracts") {
    tools.deploys("crib-b", {"--clean"});
    CHECK(begin("fresh", {"-p", "at=2130-01-31T12:00:00Z"}).exit == 10);
    const Ran done = cluster.resume({"--approve", "remove the cluster"});
    INFO(done.err);
    CHECK(done.exit == 0);
    CHECK_THAT(done.out, ContainsSubstring("https://crib-b-node1.example.test"));
    const Ran anew = cluster.run(kContracts, {"namespace=crib-b"});
    INFO(anew.err);
    CHECK(anew.exit == 0);
    CHECK(has_code(chain.node(), created_address(kFirstAccount, kFullRun)));
  }
  SECTION("the new namespace is another one") {
    const Ran ran = begin("purge", {"-p", "new_namespace=crib-a"});
    CHECK(ran.exit == 2);
    CHECK_THAT(ran.err, ContainsSubstring("crib-a cannot be the new namespace too"));
  }
}
