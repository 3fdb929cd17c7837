// devspace deploy in the real engine, killed at any event and at any moment of the deploy, with
// tools that keep what helm would keep in the cluster: one line per revision of the release.
#include <signal.h>

#include <filesystem>
#include <thread>

#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/modules/devspace/fake_tools.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr int kKilled = 128 + SIGKILL;

constexpr const char* kRecipe = R"lua(
local devspace = require 'devspace'
local project = devspace.project { context = 'x', namespace = 'crib-a', profiles = { 'keystone' } }
local deployed = step('deploy', { retry = 2 }, function() return project:deploy() end)
output { deployments = deployed.deployments }
)lua";

// `releases` is the cluster. A release that is deployed already is skipped, as devspace does.
constexpr const char* kDevspace = R"sh(#!/bin/sh
case "$*" in
*' print') cat print.out; exit ;;
*' deploy') ;;
*) echo "unknown: $*" >&2; exit 97 ;;
esac
echo deploy >>calls
if grep -q deployed releases; then
  echo 'deploy:app Skipping deployment app'
else
  . ./deploying
fi
. ./afterwards
)sh";

constexpr const char* kKubectl = R"sh(#!/bin/sh
case "$*" in
*'config view'*) cat view.out ;;
*'get secrets '*) cat releases ;;
*'get secret '*) cat record ;;
*) echo "unknown: $*" >&2; exit 97 ;;
esac
)sh";

constexpr const char* kAtOnce = R"sh(
printf 'app\t1\tdeployed\n' >releases
echo 'deploy:app Deployed helm chart (Release revision: 1)'
echo 'deploy:app Successfully deployed app with helm'
)sh";

/// Pending, until it is ended by what `trap` says.
std::string hanging(const std::string& trap) {
  return "printf 'app\\t1\\tpending-install\\n' >releases\ntrap '" + trap +
         "' INT\n: >began\nwhile :; do sleep 0.05; done\n";
}

struct Cluster {
  Cluster() {
    folder.write("r.lua", kRecipe);
    folder.write("print.out", recorded_text("print-crib.out"));
    folder.write("view.out", recorded_text("kubectl-view.out"));
    folder.write("releases", "");
    folder.write("afterwards", "");
    tool("devspace", kDevspace);
    tool("kubectl", kKubectl);
    deploying(kAtOnce);
    environment["PATH"] = (folder.path() / "bin").string() + ":" + getenv("PATH");
  }
  void tool(const std::string& name, const std::string& script) const {
    std::filesystem::create_directories(folder.path() / "bin");
    const auto file = folder.write("bin/" + name, script);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
  void deploying(const std::string& script) const { folder.write("deploying", script); }
  bool exists(const std::string& name) const {
    return std::filesystem::exists(folder.path() / name);
  }
  Ran type(const std::vector<std::string>& arguments) const {
    return run_runbook(arguments, folder.path(), environment);
  }
  Ran die_at(const std::string& point, int event) const {
    Environment deadly = environment;
    deadly["CRASH_POINT"] = point;
    deadly["CRASH_AT"] = std::to_string(event);
    return run_program(
        {CRASH_PROGRAM, "run", folder.path().string(), (folder.path() / "r.lua").string()},
        folder.path(), deadly);
  }
  /// A session that is killed while devspace deploys.
  void die_while_deploying() const {
    const int pid = start_runbook({"run", "r.lua"}, folder.path(), environment);
    const bool began = eventually([&] { return exists("began"); });
    ::kill(pid, SIGKILL);
    CHECK(wait_for(pid) == kKilled);
    REQUIRE(began);
  }
  int calls() const {
    const std::string text = folder.read("calls");
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  }

  const Folder folder;
  Environment environment;
};

}  // namespace

TEST_CASE("Killed before or after any event, a deploy makes one revision", "[devspace]") {
  const std::string point = GENERATE("before_append", "after_commit");
  int event = 1;
  for (;; ++event) {
    const Cluster cluster;
    const Ran killed = cluster.die_at(point, event);
    INFO(point << " " << event << "\n" << killed.err);
    if (killed.exit == 0) {
      break;
    }
    REQUIRE(killed.exit == kKilled);
    Ran resumed = cluster.type({"resume"});
    if (resumed.err.find("there are no runs yet") != std::string::npos) {
      resumed = cluster.type({"run", "r.lua"});
    }
    INFO(resumed.err);
    CHECK(resumed.exit == 0);
    CHECK(cluster.folder.read("releases") == "app\t1\tdeployed\n");
    CHECK(cluster.calls() == 1);
  }
  CHECK(event > 6);
}

TEST_CASE("Killed while helm works, which then ends what it does, a deploy is done", "[devspace]") {
  const Cluster cluster;
  cluster.deploying(hanging("printf \"app\\t1\\tdeployed\\n\" >releases; exit 0"));
  cluster.die_while_deploying();
  const Ran resumed = cluster.type({"resume"});
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(cluster.calls() == 1);
  CHECK_THAT(resumed.out, ContainsSubstring("deployed"));
}

TEST_CASE("Killed with its helm, which writes that down, a deploy is deployed again",
          "[devspace]") {
  const Cluster cluster;
  cluster.folder.write("record", recorded_text("record-cancelled.out"));
  cluster.deploying(hanging("printf \"app\\t1\\tfailed\\n\" >releases; exit 130"));
  cluster.die_while_deploying();
  cluster.deploying(kAtOnce);
  const Ran resumed = cluster.type({"resume"});
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(cluster.calls() == 2);
}

TEST_CASE("Killed while helm works, which then fails, a deploy says helm's reason and goes on",
          "[devspace]") {
  const Cluster cluster;
  cluster.folder.write("record", recorded_text("record-deadline.out"));
  cluster.deploying(hanging("printf \"app\\t1\\tfailed\\n\" >releases; exit 1"));
  cluster.die_while_deploying();
  cluster.deploying(kAtOnce);
  const Ran resumed = cluster.type({"resume"});
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(cluster.calls() == 2);
  CHECK_THAT(resumed.err, ContainsSubstring("Release \"app\" failed: context deadline exceeded"));
}

TEST_CASE("Killed with its helm, a deploy that is stuck half-way says the way on, and goes on",
          "[devspace]") {
  const Cluster cluster;
  cluster.deploying(hanging("exit 130"));
  cluster.die_while_deploying();
  cluster.deploying(kAtOnce);
  for (int session = 0; session < 2; ++session) {  // examined, then refused before it deploys
    const Ran stuck = cluster.type({"resume"});
    INFO(stuck.err);
    CHECK(stuck.exit == 1);
    CHECK_THAT(stuck.err, ContainsSubstring("RB3203") &&
                              ContainsSubstring("delete secret sh.helm.release.v1.app.v1"));
  }
  CHECK(cluster.calls() == 1);
  cluster.folder.write("releases", "");  // what that command does
  const Ran resumed = cluster.type({"resume"});
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(cluster.calls() == 2);
}

TEST_CASE("A helm that outlives its devspace is waited for", "[devspace]") {
  const Cluster cluster;
  cluster.tool("helm",
               "#!/bin/sh\n: >began\nwhile [ ! -e finish ]; do sleep 0.05; done\n"
               "printf 'app\\t1\\tdeployed\\n' >releases\n");
  cluster.deploying(
      "printf 'app\\t1\\tpending-install\\n' >releases\n"
      "helm upgrade app --install --namespace crib-a ./chart &\nkill -9 $$\n");
  const int pid = start_runbook({"run", "r.lua"}, cluster.folder.path(), cluster.environment);
  const bool waits = eventually([&] {
    return cluster.folder.read("background.out").find("helm upgrade of app still runs") !=
           std::string::npos;
  });
  cluster.folder.write("finish", "");
  CHECK(wait_for(pid) == 0);
  INFO(cluster.folder.read("background.out"));
  CHECK(waits);
  CHECK(cluster.calls() == 1);
}

TEST_CASE("What a pipeline does after its releases is not passed over", "[devspace]") {
  const Cluster cluster;
  std::string print = cluster.folder.read("print.out");
  const std::string last = "create_deployments app --set \"helm.values.image.tag=$tag\"\n";
  print.replace(print.find(last), last.size(), last + "            kubectl label ns crib-a a=b\n");
  cluster.folder.write("print.out", print);
  cluster.folder.write("afterwards", "if [ ! -e began ]; then : >began; sleep 60; fi\n: >labelled");
  cluster.die_while_deploying();
  const Ran resumed = cluster.type({"resume"});
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(cluster.exists("labelled"));
  CHECK(cluster.folder.read("releases") == "app\t1\tdeployed\n");
}

TEST_CASE("A resume against another cluster stops before it looks at anything", "[devspace]") {
  const Cluster cluster;
  cluster.deploying(hanging("exit 130"));
  cluster.die_while_deploying();
  std::string view = cluster.folder.read("view.out");
  view.replace(view.find("16443"), 5, "26443");
  cluster.folder.write("view.out", view);
  const Ran resumed = cluster.type({"resume"});
  INFO(resumed.err);
  CHECK(resumed.exit == 12);
  CHECK(cluster.calls() == 1);
}
