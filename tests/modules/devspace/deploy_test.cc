// devspace deploy: what it tells, what it refuses, and how a cut-off one is judged.
#include "modules/modules.h"
#include "tests/modules/devspace/fake_tools.h"
#include "tests/modules/recorded_call.h"

using namespace runbook;
using namespace runbook::test;

namespace {

struct Deploying : CallFixture {
  Deploying() : CallFixture(devspace_module()) {}
  static Json options(const Json& more = Json::object()) {
    Json all{{"context", "x"}, {"namespace", "crib-a"}, {"profiles", {"keystone"}}};
    all.update(more);
    return all;
  }
  void description(int revision, const std::string& record) {
    tools.kubectl.play(
        record,
        {"--context=x", "get", "secret", "sh.helm.release.v1.app.v" + std::to_string(revision),
         "--namespace=crib-a", "--output=jsonpath={.data.release}"},
        recorded_text(record + ".out"));
  }
  Json deploy(const std::string& name, const Json& more = Json::object()) {
    tools.devspace.play({"print-crib", name});
    tools.releases("");
    return run_once("deploy", options(more));
  }
  /// The outcome of a deploy that was cut off; `releases` were said before, and are said now.
  Outcome outcome(const std::string& before, const std::string& now, bool ends = true) {
    tools.releases(now);
    Json known = Json::array();
    if (!before.empty()) {
      known.push_back({{"namespace", "crib-a"}, {"name", "app"}, {"revision", std::stoi(before)}});
    }
    const Json app{{"deployment", "app"}, {"namespace", "crib-a"}, {"name", "app"}};
    Json intent{{"namespaces", Json::array({"crib-a"})},
                {"before", known},
                {"expected", Json::array({app})},
                {"ends_with_releases", ends}};
    return probe("deploy", options(), {std::move(intent), {}});
  }

  FakeTools tools;
};

}  // namespace

TEST_CASE("A deploy tells what it deployed and what it skipped", "[devspace]") {
  Deploying project;
  const Json first = project.deploy("deploy");
  CHECK(first.at("namespace") == "crib-a");
  CHECK(first.at("deployments").at("app") ==
        Json{{"outcome", "deployed"}, {"with", "helm"}, {"revision", 1}});
  CHECK(project.deploy("deploy-again").at("deployments").at("app").at("outcome") == "skipped");
  const Json tagged =
      project.deploy("deploy-tag", {{"override_image_tag", "v1.2.3"}, {"clean", true}});
  CHECK(tagged.at("deployments").at("app").at("revision") == 2);
}

TEST_CASE("Flags of the project's pipeline go as the recipe says them", "[devspace]") {
  Deploying project;
  project.tools.devspace.play({"print-crib"});
  project.tools.releases("");
  project.tools.devspace.play(
      "later",
      {"--no-warn", "--kube-context=x", "--namespace=crib-a", "--profile=keystone", "run-pipeline",
       "later", "--build=false", "--count=3", "--region=eu", "--skip-push"},
      "");
  const Json options = Deploying::options(
      {{"pipeline", "later"},
       {"flags", {{"region", "eu"}, {"count", 3}, {"skip-push", true}, {"build", false}}}});
  CHECK(project.run_once("deploy", options).at("deployments") == Json::object());
  CHECK_THROWS_AS(
      project.prepare("deploy", Deploying::options({{"flags", {{"a", Json::array()}}}})), Error);
}

TEST_CASE("A deploy notes beforehand which releases there are, and which it makes", "[devspace]") {
  Deploying project;
  project.tools.devspace.play({"print-crib"});
  project.tools.releases("app\t3\tdeployed\nother\t1\tfailed\n");
  const Json intent = project.prepare("deploy", Deploying::options()).data;
  CHECK(intent.at("before").size() == 2);
  CHECK(intent.at("before").at(0).at("revision") == 3);
  CHECK(intent.at("expected").at(0).at("name") == "app");
  CHECK(intent.at("ends_with_releases") == true);
}

TEST_CASE("A release that is pending stops the deploy before it builds anything", "[devspace]") {
  Deploying project;
  project.tools.devspace.play({"print-crib"});
  project.tools.releases("app\t1\tsuperseded\napp\t2\tpending-upgrade\n");
  try {
    project.prepare("deploy", Deploying::options());
    FAIL("it was not refused");
  } catch (const Error& error) {
    CHECK(error.code == Code::devspace_pending);
    CHECK(error.effect == EffectDone::none);
    CHECK(error.transient);
    CHECK_THAT(
        error.message,
        ContainsSubstring("helm release app of namespace crib-a is pending-upgrade (revision "
                          "2)"));
    CHECK_THAT(error.hint, ContainsSubstring("kubectl --context x -n crib-a delete secret "
                                             "sh.helm.release.v1.app.v2") &&
                               ContainsSubstring("helm --kube-context x -n crib-a rollback app"));
  }
}

TEST_CASE("What is wrong with the project or the cluster is told before anything is deployed",
          "[devspace]") {
  Deploying project;
  const auto refused = [&](const std::string& print, int status, Code code) {
    project.tools.answer("print-crib", print, status);
    try {
      project.prepare("deploy", Deploying::options());
      FAIL(print);
    } catch (const Error& error) {
      CHECK(error.code == code);
      CHECK(error.effect == EffectDone::none);
    }
  };
  refused("deploy-unknown-profile", 1, Code::devspace_unknown);
  refused("deploy-no-config", 1, Code::devspace_config);
  refused("deploy-bad-config", 1, Code::devspace_config);
  project.tools.devspace.play({"print-crib"});
  for (const auto& [name, code] : {std::pair{"unreachable", Code::kubernetes_unreachable},
                                   std::pair{"unauthorized", Code::kubernetes_unauthorized},
                                   std::pair{"forbidden", Code::kubernetes_forbidden},
                                   std::pair{"unknown-context", Code::kubernetes_context}}) {
    project.tools.kubectl.play({std::string("kubectl-") + name});
    try {
      project.prepare("deploy", Deploying::options());
      FAIL(name);
    } catch (const Error& error) {
      CHECK(error.code == code);
    }
  }
}

TEST_CASE("A deploy that helm did not finish in time says so in one sentence", "[devspace]") {
  Deploying project;
  project.tools.devspace.play({"print-crib"});
  project.tools.releases("");
  project.tools.answer("deploy", "deploy-stuck", 1);
  try {
    project.run_once("deploy", Deploying::options());
    FAIL("it was deployed");
  } catch (const Error& error) {
    CHECK(error.code == Code::devspace_failed);
    CHECK_THAT(error.message, ContainsSubstring("app was not deployed: context deadline exceeded"));
  }
}

TEST_CASE("A cut-off deploy is done if all its releases moved and nothing comes after them",
          "[devspace]") {
  Deploying project;
  const Outcome done = project.outcome("", "app\t1\tdeployed\n");
  REQUIRE(done.kind == Outcome::Kind::done);
  CHECK(done.value.at("deployments").at("app").at("revision") == 1);
  CHECK(project.outcome("1", "app\t1\tsuperseded\napp\t2\tdeployed\n").kind == Outcome::Kind::done);
  CHECK(project.outcome("", "app\t1\tdeployed\n", false).kind == Outcome::Kind::not_done);
}

TEST_CASE("A cut-off deploy that helm has rolled back is not done", "[devspace]") {
  Deploying project;
  CHECK(project.outcome("1", "app\t1\tsuperseded\napp\t2\tfailed\napp\t3\tdeployed\n").kind ==
        Outcome::Kind::not_done);
}

TEST_CASE("A cluster that takes the connection and says nothing does not hold a deploy up",
          "[devspace]") {
  Deploying project;
  project.tools.devspace.play({"print-crib"});
  project.tools.releases("");
  project.tools.kubectl.before("releases-1", "sleep 60");
  try {
    project.prepare("deploy", Deploying::options({{"timeout", "300ms"}}));
    FAIL("it was not refused");
  } catch (const Error& error) {
    CHECK(error.code == Code::process_timed_out);
    CHECK(error.transient);
  }
}

TEST_CASE("A cut-off deploy whose releases did not move was not done", "[devspace]") {
  Deploying project;
  CHECK(project.outcome("", "").kind == Outcome::Kind::not_done);
  CHECK(project.outcome("4", "app\t4\tdeployed\n").kind == Outcome::Kind::not_done);
  CHECK(project.outcome("4", "app\t4\tfailed\n").kind == Outcome::Kind::not_done);
}

TEST_CASE("A release that failed while its deploy was cut off fails it with helm's reason",
          "[devspace]") {
  Deploying project;
  project.description(2, "record-deadline");
  const Outcome failed = project.outcome("1", "app\t2\tfailed\n");
  REQUIRE(failed.kind == Outcome::Kind::failed);
  CHECK(failed.error.at("message") ==
        "helm release app of namespace crib-a failed (revision 2): Release \"app\" failed: context "
        "deadline exceeded");
}

TEST_CASE("A helm that was only ended with its deploy is run again", "[devspace]") {
  Deploying project;
  project.description(2, "record-cancelled");
  CHECK(project.outcome("1", "app\t2\tfailed\n").kind == Outcome::Kind::not_done);
}

TEST_CASE("A release that is stuck half-way fails its cut-off deploy with the ways on",
          "[devspace]") {
  Deploying project;
  const Outcome stuck = project.outcome("", "app\t1\tpending-install\n");
  REQUIRE(stuck.kind == Outcome::Kind::failed);
  CHECK(stuck.error.at("code") == "RB3203");
  CHECK_THAT(stuck.error.at("hint").get<std::string>(),
             ContainsSubstring("delete secret sh.helm.release.v1.app.v1") &&
                 ContainsSubstring("helm --kube-context x -n crib-a uninstall app"));
}
