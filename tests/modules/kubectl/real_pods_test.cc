// Waits, rollouts and what runs in containers against a real API server: the second tier.
#include <signal.h>

#include "engine/base/json.h"
#include "tests/catch.h"
#include "tests/modules/kubectl/killing_kubectl.h"

using namespace runbook;
using namespace runbook::test;

namespace {

struct PodsProject {
  explicit PodsProject(const std::string& recipe) {
    for (const char* image : {"1", "2"}) {
      folder.write("web" + std::string(image) + ".yaml", manifest("web:" + std::string(image), ""));
    }
    folder.write("stuck.yaml", manifest("web:none", "nodeName: still, "));
    folder.write("r.lua",
                 "local kubectl = require \"kubectl\"\nlocal service = require \"service\"\n"
                 "local cluster = kubectl.cluster { context = \"admin\", namespace = \"" +
                     space.name() + "\" }\n" + recipe);
  }
  static std::string manifest(const std::string& image, const std::string& node) {
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
           "spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels:"
           " {app: web}}, spec: {" +
           node + "containers: [{name: web, image: \"" + image +
           "\"}]}}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
           "spec: {selector: {app: web}, ports: [{port: 80}]}\n";
  }
  Ran type(const std::vector<std::string>& arguments) const {
    return run_runbook(arguments, folder.path(), space.plane().environment());
  }
  Json web() const {
    return Json::parse(space.kubectl({"get", "deployment/web", "-o", "json"}).out);
  }
  std::string image() const {
    return web()["/spec/template/spec/containers/0/image"_json_pointer].get<std::string>();
  }

  const Namespace space;
  const Folder folder;
};

constexpr const char* kRolledTwice = R"lua(
for _, file in ipairs { "web1.yaml", "web2.yaml" } do
  step("apply " .. file, function() cluster:apply { file = file } end)
  step("wait for " .. file, function()
    return cluster:rollout_status { "deployment/web", every = "100ms", timeout = "1m" }
  end)
end
)lua";

}  // namespace

TEST_CASE("A deployment becomes available, rolls out, is restarted and taken back",
          "[.kubernetes]") {
  const PodsProject project(std::string(kRolledTwice) + R"lua(
step("available", function()
  return cluster:wait { "deployment/web", condition = "Available", timeout = "1m" }
end)
step("value", function()
  return cluster:wait { "deployment/web", jsonpath = ".status.readyReplicas", value = 2, timeout = "1m" }
end)
step("back", function() return cluster:rollout_undo("deployment/web") end)
step("again", function() return cluster:rollout_restart("deployment/web") end)
step("rolled", function() return cluster:rollout_status { "deployment/web", timeout = "1m" } end)
)lua");
  const Ran ran = project.type({"run", "r.lua"});
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  CHECK(project.image() == "web:1");
  CHECK(project.web().contains(
      "/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt"_json_pointer));
}

TEST_CASE("What runs in a pod is logged, runs commands, takes files and answers on its ports",
          "[.kubernetes]") {
  const PodsProject project(std::string(kRolledTwice) + R"lua(
local pod = step("pod", function()
  return cluster:list { "pods", selector = "app=web" }[1].metadata.name
end)
output {
  lines = step("logs", function() return cluster:logs("deployment/web").lines end),
  follow = step("follow", function()
    return cluster:logs { "deployment/web", follow = true, until_line = "hello", timeout = "1m" }.ended
  end),
  exec = step("exec", function()
    return cluster:exec { "sh", "-c", "cat; exit 3", object = "pod/" .. pod, stdin = "in", check = false }
  end),
  up = step("up", function()
    return cluster:cp { "pod/" .. pod, path = pod .. ".lua", upload = "r.lua" }
  end),
  down = step("down", function()
    return cluster:cp { "pod/" .. pod, path = pod .. ".lua", download = "down.lua" }
  end),
  forward = step("forward", function() return cluster:port_forward { "service/web", port = 80 } end),
}
step("stop", function() service.stop("service-web") end)
step("delete", function() cluster:delete { "deployment/web" } end)
step("gone", function() return cluster:wait { "deployment/web", deleted = true, timeout = "1m" } end)
)lua");
  const Ran ran = project.type({"run", "r.lua"});
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  const Json outputs =
      Json::parse(project.type({"status", "@last", "--output", "json"}).out).at("outputs");
  CHECK(outputs.at("lines") == Json::array({"hello from the pod"}));
  CHECK(outputs.at("follow") == "line");
  CHECK(outputs["/exec/code"_json_pointer] == 3);
  CHECK(outputs["/exec/stdout"_json_pointer] == "in");
  CHECK(project.folder.read("down.lua") == project.folder.read("r.lua"));
}

TEST_CASE("A deployment that never becomes available is given up with the reason",
          "[.kubernetes]") {
  const PodsProject project(R"lua(
step("apply", function() cluster:apply { file = "stuck.yaml" } end)
step("wait", function()
  return cluster:wait { "deployment/web", condition = "Available",
    every = "100ms", image_pull_limit = "1s", timeout = "1m" }
end)
)lua");
  const int pid =
      start_runbook({"run", "r.lua"}, project.folder.path(), project.space.plane().environment());
  std::string pod;
  CHECK(eventually([&] {
    pod = project.space
              .kubectl(
                  {"get", "pods", "-o", "jsonpath={.items[0].metadata.name}", "--ignore-not-found"})
              .out;
    return !pod.empty();
  }));
  project.space.kubectl({"patch", "pod", pod, "--subresource", "status", "--type", "merge",
                         "--patch", R"({"status": {"phase": "Pending", "containerStatuses": [{
    "name": "web", "image": "web:none", "imageID": "", "ready": false, "restartCount": 0,
    "state": {"waiting": {"reason": "ErrImagePull", "message": "no such image"}}}]}})"});
  CHECK(wait_for(pid) == 1);
  const std::string said = project.folder.read("background.out");
  CHECK_THAT(said, ContainsSubstring("waiting     wait pod " + pod +
                                     ": cannot pull image \"web:none\" (ErrImagePull, which may"));
  CHECK_THAT(said, ContainsSubstring("RB3110  what was waited for will not happen by itself"));
  CHECK_THAT(said, ContainsSubstring("describe pod " + pod));
}

TEST_CASE("A rollout cut off before, while or after it is restarted or taken back is settled",
          "[.kubernetes]") {
  const Moment moment = GENERATE(Moment::before, Moment::during, Moment::after);
  const std::string words = GENERATE("rollout undo", "patch deployment/web");
  INFO(words << ", moment " << static_cast<int>(moment));
  const PodsProject project(std::string(kRolledTwice) + R"lua(
step("back", function() return cluster:rollout_undo("deployment/web") end)
step("again", function() return cluster:rollout_restart("deployment/web") end)
)lua");
  const KillingKubectl killing(project.space.plane(), moment, words);
  CHECK(run_runbook({"run", "r.lua"}, project.folder.path(), killing.environment()).exit ==
        128 + SIGKILL);
  CHECK(killing.has_killed());
  const Ran resumed =
      run_runbook({"resume", "@last"}, project.folder.path(), killing.environment());
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(project.image() == "web:1");
  CHECK(project.web()["/metadata/generation"_json_pointer] == 4);  // each of four changes, once
}
