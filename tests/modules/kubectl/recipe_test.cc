// The handle, and what is recorded of a cluster: by the real program, with the fake on its PATH.
#include "engine/base/file.h"
#include "tests/cli/program.h"
#include "tests/modules/kubectl/kubectl_calls.h"

using namespace runbook;
using namespace runbook::test;

namespace {

struct Project {
  explicit Project(const std::string& recipe) {
    folder.write("r.lua", "local kubectl = require \"kubectl\"\n" + recipe);
  }
  Ran type(const std::vector<std::string>& arguments) const {
    return run_runbook(arguments, folder.path(), {{"PATH", kubectl.path_variable()}});
  }
  /// All that is kept of the run, but for its secret file.
  bool journal_has(const std::string& text) const {
    return run_program({"grep", "-r", "-l", "--exclude=secrets*", text, ".runbook"}, folder.path())
               .exit == 0;
  }

  const Folder folder;
  FakeTool kubectl{"kubectl", recorded_kubectl()};
};

/// What `kubectl config view` says when the context means another cluster.
std::string elsewhere() {
  std::string config = read_file(recorded_kubectl() / "config-view.out");
  const std::string server = "https://127.0.0.1:36443";
  return config.replace(config.find(server), server.size(), "https://elsewhere.test");
}

}  // namespace

TEST_CASE("A handle says cluster and namespace for its methods", "[kubectl]") {
  Project project(R"lua(
local cluster = kubectl.cluster { context = "admin", namespace = "web" }
step("apply", function() return cluster:apply { file = "manifests/web.yaml" } end)
step("scale", function() return cluster:scale("deployment/web", 3) end)
output { namespace = step("create", function() return cluster:create_namespace("web") end).outcome }
)lua");
  project.kubectl.play({"config-view", "apply-created", "scale", "namespace-found"});
  const Ran ran = project.type({"run", "r.lua"});
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("namespace: unchanged"));
  CHECK_THAT(ran.err,
             ContainsSubstring("{\"namespace\":\"web\",\"server\":\"https://127.0.0.1:36443\"}"));
}

TEST_CASE("A handle without a context means the current one, which it names to kubectl",
          "[kubectl]") {
  Project project(R"lua(
local cluster = kubectl.cluster()
local web = cluster:in_namespace("web")
step("scale", function() return web:scale("deployment/web", 3) end)
)lua");
  project.kubectl.play({"config-view-current", "scale"});
  const Ran ran = project.type({"run", "r.lua"});
  INFO(ran.err);
  CHECK(ran.exit == 0);
}

TEST_CASE("A run does not go on in another cluster", "[kubectl]") {
  Project project(R"lua(
local cluster = kubectl.cluster { context = "admin", namespace = "web" }
step("scale", function() return cluster:scale("deployment/web", 3) end)
step("fail", function() fail "not now" end)
)lua");
  project.kubectl.play({"config-view", "scale"});
  CHECK(project.type({"run", "r.lua"}).exit == 1);
  project.kubectl.play("another-cluster",
                       {"config", "view", "--minify", "--output=json", "--context=admin"},
                       elsewhere());
  const Ran resumed = project.type({"resume", "@last"});
  INFO(resumed.err);
  CHECK(resumed.exit == 12);
  CHECK_THAT(resumed.err, ContainsSubstring("https://elsewhere.test") &&
                              ContainsSubstring("https://127.0.0.1:36443"));
}

TEST_CASE("Without a handle and a context the refusal says both ways", "[kubectl]") {
  Project project("step('apply', function() kubectl.apply { file = 'a', namespace = 'web' } end)");
  const Ran ran = project.type({"run", "r.lua"});
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("does not say of which cluster") &&
                          ContainsSubstring("kubectl.cluster {") &&
                          ContainsSubstring("context = "));
}

TEST_CASE("What kubectl.get keeps is a secret of the run, and nowhere in its journal",
          "[kubectl]") {
  Project project(R"lua(
local cluster = kubectl.cluster { context = "admin", namespace = "web" }
local login = step("read", function()
  return cluster:get { "secret/login", keep = { password = "/data/password" } }.data
end)
step("hand over", function()
  return cluster:create_secret("login", { user = "web", password = login.password })
end)
output { user = login.user }
)lua");
  project.kubectl.play({"config-view", "get-secret", "secret-applied"});
  const Ran ran = project.type({"run", "r.lua"});
  INFO(ran.err);
  CHECK(ran.exit == 0);  // secret-applied wants the value itself on stdin
  CHECK_THAT(ran.out, ContainsSubstring("user: (redacted)"));
  CHECK(project.journal_has("password"));
  CHECK_FALSE(project.journal_has("hunter2-hunter2"));
  CHECK_FALSE(project.journal_has("aHVudGVyMi1odW50ZXIy"));
}
