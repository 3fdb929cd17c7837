#include "modules/devspace/output.h"

#include "modules/devspace/config.h"
#include "modules/devspace/release_record.h"
#include "modules/devspace/releases.h"
#include "modules/tool.h"
#include "tests/modules/devspace/fake_tools.h"

using namespace runbook;
using namespace runbook::test;

namespace {

std::string plain(const std::string& name) {
  return tool::plain_output(recorded_text(name));
}

Json with_pipeline(const std::string& script) {
  Json config = devspace::printed_config(plain("print-crib.out")).at("config");
  config["pipelines"]["deploy"]["run"] = script;
  return config;
}

}  // namespace

TEST_CASE("What devspace deploy did with each deployment is read from its lines", "[devspace]") {
  CHECK(devspace::deployments_told(plain("deploy.out")) ==
        Json{{"app", {{"outcome", "deployed"}, {"with", "helm"}, {"revision", 1}}}});
  CHECK(devspace::deployments_told(plain("deploy-again.out")) ==
        Json{{"app", {{"outcome", "skipped"}}}});
  CHECK(devspace::deployments_told(plain("deploy-two-again.out")) ==
        Json{{"app", {{"outcome", "deployed"}, {"with", "kubectl"}}},
             {"chart", {{"outcome", "skipped"}}}});
}

TEST_CASE("Tables of devspace become lists, long cells and empty ones too", "[devspace]") {
  CHECK(devspace::table_rows(plain("list-deployments-two.out"), "list deployments") ==
        Json{{{"name", "app"}, {"type", "Manifests"}, {"deploy", "m.yaml"}, {"status", "N/A"}},
             {{"name", "chart"}, {"type", "Helm"}, {"deploy", ""}, {"status", "Status:deployed"}}});
  const Json folded = devspace::table_rows(
      "  NAME | DESCRIPTION\n -----+----\n  one | a long\n"
      "      | story\n  two | \n\n",
      "list profiles");
  CHECK(folded == Json{{{"name", "one"}, {"description", "a long story"}},
                       {{"name", "two"}, {"description", ""}}});
  CHECK_THROWS_AS(devspace::table_rows("nothing\n", "list profiles"), Error);
}

TEST_CASE("What devspace print printed is the file and its configuration", "[devspace]") {
  const Json printed = devspace::printed_config(plain("print.out"));
  CHECK(printed.at("path") == "/project/devspace.yaml");
  CHECK(printed.at("config")
            .at("deployments")
            .at("chart")
            .at("helm")
            .at("values")
            .at("image")
            .at("tag") == "1");
  const Json with_tree = devspace::printed_config(
      "Loaded path: /p\n\n-------------------\n\nDependency Tree:\n\n> Root\n-->"
      " other\n\n-------------------\n\nname: crib\n");
  CHECK(with_tree.at("config") == Json{{"name", "crib"}});
  CHECK_THROWS_AS(devspace::printed_config("name: crib\n"), Error);
}

TEST_CASE("The configuration tells which helm releases a deploy makes", "[devspace]") {
  const Json config = devspace::printed_config(plain("print.out")).at("config");
  const auto releases = devspace::expected_releases(config, "dsns");
  REQUIRE(releases.size() == 1);
  CHECK(releases[0].name == "chart");
  CHECK(releases[0].space == "dsns");
  const auto named = devspace::expected_releases(
      {{"deployments", {{"app", {{"namespace", "other"}, {"helm", {{"releaseName", "web"}}}}}}}},
      "dsns");
  CHECK(named[0].name == "web");
  CHECK(named[0].space == "other");
}

TEST_CASE("A pipeline ends with its releases only if nothing can come after them", "[devspace]") {
  const Json crib = devspace::printed_config(plain("print-crib.out")).at("config");
  CHECK(devspace::ends_with_releases(crib, "deploy"));
  CHECK_FALSE(devspace::ends_with_releases(crib, "purge"));
  CHECK(devspace::ends_with_releases(
      with_pipeline("build_images --all\ncreate_deployments --all\n\n# the end\n"), "deploy"));
  for (const char* script :
       {"create_deployments --all\nkubectl label ns crib-a network=crib",
        "create_deployments --all && kubectl label ns crib-a network=crib",
        "create_deployments app\nkubectl label ns crib-a a=b\ncreate_deployments app",
        "if true; then\n  create_deployments --all\nfi", "run_dependencies --all", ""}) {
    INFO(script);
    CHECK_FALSE(devspace::ends_with_releases(with_pipeline(script), "deploy"));
  }
  Json hooked = crib;
  hooked["hooks"] = {{{"command", "echo"}}};
  CHECK_FALSE(devspace::ends_with_releases(hooked, "deploy"));
  const Json manifests = devspace::printed_config(plain("print.out")).at("config");
  CHECK_FALSE(devspace::ends_with_releases(manifests, "deploy"));
}

TEST_CASE("Of each release the newest revision counts", "[devspace]") {
  const auto releases = devspace::releases_told(
      "app\t9\tsuperseded\napp\t10\tpending-upgrade\nweb\t2\tdeployed\n", "crib-a");
  REQUIRE(releases.size() == 2);
  CHECK(releases[0].revision == 10);
  CHECK(releases[0].is_pending());
  CHECK(releases[0].secret() == "sh.helm.release.v1.app.v10");
  CHECK_FALSE(releases[1].is_pending());
  CHECK(devspace::releases_told("", "crib-a").empty());
}

TEST_CASE("Why a release failed is read from helm's record, and nothing else of it", "[devspace]") {
  CHECK(devspace::recorded_description(recorded_text("record-deadline.out")) ==
        "Release \"app\" failed: context deadline exceeded");
  CHECK(devspace::recorded_description("bm8gZ3ppcA==").empty());
  CHECK(devspace::recorded_description("%%%").empty());
  CHECK(devspace::recorded_description("").empty());
}
