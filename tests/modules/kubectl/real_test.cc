// The primitives against a real API server, by the real program: the second tier.
#include <signal.h>

#include "engine/base/json.h"
#include "engine/lua/module.h"
#include "modules/modules.h"
#include "tests/catch.h"
#include "tests/io_http/http_server.h"
#include "tests/modules/kubectl/killing_kubectl.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr const char* kDeployment = R"yaml(apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "example.test/web:1", args: [one]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
)yaml";

/// A project whose recipe acts in a namespace of its own.
struct ClusterProject {
  explicit ClusterProject(const std::string& recipe) {
    folder.write("web.yaml", kDeployment);
    folder.write("r.lua",
                 "local kubectl = require \"kubectl\"\nlocal cluster = kubectl.cluster { context = "
                 "\"admin\", "
                 "namespace = \"" +
                     space.name() + "\" }\n" + recipe);
  }
  Ran type(const std::vector<std::string>& arguments) const {
    return type(arguments, space.plane().environment());
  }
  Ran type(const std::vector<std::string>& arguments, Environment environment) const {
    environment["WEB_PASSWORD"] = "hunter2-hunter2";
    return run_runbook(arguments, folder.path(), environment);
  }
  Json object(const std::string& which) const {
    return Json::parse(space.kubectl({"get", which, "-o", "json"}).out);
  }

  const Namespace space;
  const Folder folder;
};

}  // namespace

TEST_CASE("A recipe brings up, changes and deletes what a real cluster has", "[.kubernetes]") {
  const ClusterProject project(R"lua(
local password = secret("PASSWORD", { env = "WEB_PASSWORD" })
local done = {}
local function act(name, fn)
  done[name] = step(name, fn)
end
act("diff", function() return cluster:diff { file = "web.yaml" }.changed end)
act("dry", function() return cluster:apply { file = "web.yaml", dry_run = true }[1].outcome end)
act("apply", function() return cluster:apply { file = "web.yaml" }[1].outcome end)
act("again", function() return cluster:apply { file = "web.yaml" }[1].outcome end)
act("same", function() return cluster:diff { file = "web.yaml" }.changed end)
act("secret", function() return cluster:create_secret("login", { password = password }).outcome end)
act("read", function()
  return cluster:get { "secret/login", keep = { kept = "/data/password" } }.data.password == password
end)
act("label", function() return cluster:label("deployment/web", { tier = "front" })[1].outcome end)
act("annotate", function()
  return cluster:annotate("deployment/web", { owner = "ops" })[1].outcome
end)
act("scale", function() return cluster:scale("deployment/web", 2).outcome end)
act("patch", function()
  return cluster:patch("deployment/web", { spec = { paused = true } }).changed
end)
act("json", function()
  return cluster:patch { "deployment/web", type = "json",
    patch = { { op = "add", path = "/spec/template/spec/containers/0/args/-", value = "two" } } }.changed
end)
act("can", function() return cluster:can_i("create", "pods") end)
act("cannot", function()
  return kubectl.can_i { "create", "pods", context = "nobody", namespace = "default" }
end)
act("list", function() return #cluster:list { "deployments", selector = "tier=front" } end)
act("events", function() return #cluster:events("deployment/web") > 0 end)
act("version", function() return cluster:version().server end)
act("contexts", function() return kubectl.contexts {} end)
act("delete", function() return cluster:delete { file = "web.yaml", wait = true, timeout = "30s" } end)
act("gone", function() return cluster:get("deployment/web") == nil end)
output(done)
)lua");
  const Ran ran = project.type({"run", "r.lua", "--output", "json"});
  INFO(ran.err << ran.out);
  REQUIRE(ran.exit == 0);
  const Ran status = project.type({"status", "@last", "--output", "json"});
  const Json done = Json::parse(status.out).at("outputs");
  const Json expected{
      {"diff", true},         {"dry", "created"},   {"apply", "created"},
      {"again", "unchanged"}, {"same", false},      {"secret", "serverside-applied"},
      {"read", true},         {"label", "labeled"}, {"annotate", "annotated"},
      {"scale", "scaled"},    {"patch", true},      {"json", true},
      {"can", true},          {"cannot", false},    {"list", 1},
      {"events", true},       {"gone", true}};
  for (const auto& [name, value] : expected.items()) {
    INFO(name);
    CHECK(done.at(name) == value);
  }
  CHECK(done.at("delete").size() == 2);
  CHECK(done.at("contexts") == Json{"admin", "nobody"});
}

TEST_CASE("Manifests are applied from a URL, a folder and those below it, and from text",
          "[.kubernetes]") {
  const auto settings = [](const std::string& name) {
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\n";
  };
  const HttpServer server([&](const SeenRequest&) { return reply(200, settings("fetched")); });
  const ClusterProject project(R"lua(
local template = require "template"
local function names(applied)
  local list = {}
  for i, one in ipairs(applied) do
    list[i] = one.name
  end
  return list
end
output {
  url = step("url", function() return names(cluster:apply { url = ")lua" +
                               server.url("/settings.yaml") + R"lua(" }) end),
  folder = step("folder", function() return names(cluster:apply "manifests") end),
  below = step("below", function()
    return names(cluster:apply { "manifests", recursive = true })
  end),
  text = step("text", function()
    local text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{name}}}\n"
    return names(cluster:apply { text = template.render(text, { name = "rendered" }) })
  end),
}
)lua");
  std::filesystem::create_directories(project.folder.path() / "manifests/more");
  project.folder.write("manifests/one.yaml", settings("one"));
  project.folder.write("manifests/more/two.yaml", settings("two"));
  const Ran ran = project.type({"run", "r.lua"});
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  const Json outputs =
      Json::parse(project.type({"status", "@last", "--output", "json"}).out).at("outputs");
  CHECK(outputs.at("url") == Json::array({"fetched"}));
  CHECK(outputs.at("folder") == Json::array({"one"}));
  CHECK(outputs.at("below") == Json::array({"two", "one"}));
  CHECK(outputs.at("text") == Json::array({"rendered"}));
}

TEST_CASE("A killed apply is done again, a killed JSON patch is examined", "[.kubernetes]") {
  const Moment moment = GENERATE(Moment::before, Moment::during, Moment::after);
  const std::string words = GENERATE("apply", "patch");
  INFO(words << ", moment " << static_cast<int>(moment));
  const ClusterProject project(R"lua(
step("apply", function() return cluster:apply { file = "web.yaml" } end)
step("patch", function()
  return cluster:patch { "deployment/web", type = "json",
    patch = { { op = "add", path = "/spec/template/spec/containers/0/args/-", value = "two" } } }
end)
)lua");
  const KillingKubectl killing(project.space.plane(), moment, " " + words + " ");
  CHECK(project.type({"run", "r.lua"}, killing.environment()).exit == 128 + SIGKILL);
  CHECK(killing.has_killed());
  const Ran resumed = project.type({"resume", "@last"}, killing.environment());
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  const Json web = project.object("deployment/web");
  CHECK(web["/spec/template/spec/containers/0/args"_json_pointer] == Json{"one", "two"});
  CHECK(project.object("service/web").at("kind") == "Service");
}

TEST_CASE("The examples of kubectl's primitives run", "[.kubernetes]") {
  const ClusterProject project("");
  const ControlPlane& plane = project.space.plane();
  const std::filesystem::path manifests = project.folder.path() / "manifests";
  std::filesystem::create_directory(manifests);
  project.folder.write("manifests/web.yaml", kDeployment);
  plane.kubectl({"create", "namespace", "web"});
  plane.kubectl({"-n", "web", "create", "secret", "generic", "login",
                 "--from-literal=password=hunter2-hunter2"});
  plane.kubectl({"-n", "web", "run", "web-1", "--image", "example.test/web:1"});
  plane.kubectl({"-n", "web", "apply", "-f", manifests.string()});
  plane.kubectl({"-n", "web", "wait", "pod", "--all", "--for=condition=Ready", "--timeout=30s"});
  for (const Function& function : kubectl_module().functions) {
    const std::string file = std::string(function.name) + ".lua";
    project.folder.write(file, std::string(function.example));
    const Ran ran = project.type({"run", file});
    INFO(function.name << "\n" << function.example << "\n" << ran.err);
    CHECK(ran.exit == 0);
  }
  plane.kubectl({"delete", "namespace", "web", "--wait=false"});
}
