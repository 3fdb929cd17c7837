#include <fstream>

#include "engine/base/file.h"
#include "tests/modules/kubectl/kubectl_calls.h"

using namespace runbook;
using namespace runbook::test;

TEST_CASE("kubectl.connect reads from the kubeconfig which cluster a context means", "[kubectl]") {
  KubectlCalls calls({"config-view", "config-view-current", "config-view-unknown"});
  const Json expected{
      {"context", "admin"}, {"server", "https://127.0.0.1:36443"}, {"namespace", "default"}};
  CHECK(calls.run("connect", {{"context", "admin"}}) == expected);
  CHECK(calls.run("connect", Json::object()) == expected);
  CHECK(calls.run("connect", {{"namespace", "web"}}).at("namespace") == "web");
  CHECK(calls.error_of("connect", {{"context", "nope"}}).code == Code::kubernetes_context);
}

TEST_CASE("kubectl without any kubeconfig says so", "[kubectl]") {
  KubectlCalls calls({"config-view-none", "current-context-none"});
  CHECK(calls.error_of("connect", Json::object()).code == Code::kubernetes_context);
  CHECK(calls.error_of("current_context", Json::object()).code == Code::kubernetes_context);
}

TEST_CASE("kubectl.contexts and current_context say what the kubeconfig has", "[kubectl]") {
  KubectlCalls calls({"contexts", "current-context"});
  CHECK(calls.run("contexts", Json::object()) ==
        Json{"admin", "nobody", "nowhere", "stranger", "untrusted"});
  CHECK(calls.run("current_context", Json::object()) == "admin");
}

TEST_CASE("kubectl.version has those of both sides", "[kubectl]") {
  KubectlCalls calls({"version", "client-version"});
  CHECK(calls.run("version", {{"context", "admin"}}) ==
        Json{{"client", "1.32.3"}, {"server", "1.32.3"}});
  const ToolProgram& tool = calls.module.tools.at(0);
  CHECK(tool.version_in(read_file(recorded_kubectl() / "client-version.out")) == "1.32.3");
  CHECK(tool.version_in("no JSON") == "");
}

TEST_CASE("kubectl.whoami is whom the cluster takes its user for", "[kubectl]") {
  KubectlCalls calls({"whoami"});
  CHECK(calls.run("whoami", {{"context", "admin"}}) ==
        Json{{"name", "admin"}, {"groups", {"system:masters", "system:authenticated"}}});
}

TEST_CASE("kubectl.can_i is an answer, not a failure", "[kubectl]") {
  KubectlCalls calls({"can-i-yes", "can-i-no", "can-i-unauthorized"});
  const Json what{{"verb", "create"}, {"kind", "deployments"}};
  CHECK(calls.run("can_i", in_web(what)) == true);
  CHECK(calls.run("can_i", in_web(what, "nobody")) == false);
  CHECK(calls.error_of("can_i", in_web(what, "stranger")).code == Code::kubernetes_unauthorized);
}

TEST_CASE("kubectl.events are rows, the oldest first", "[kubectl]") {
  KubectlCalls calls({"events", "events-none"});
  const Json rows = calls.run("events", in_web({{"object", "deployment/web"}}));
  REQUIRE_FALSE(rows.empty());
  CHECK(rows.at(0).at("reason") == "ScalingReplicaSet");
  CHECK(rows.at(0).at("object") == "Deployment/web");
  CHECK(rows.at(0).at("type") == "Normal");
  CHECK(rows.at(0).at("count") == 1);
  CHECK(rows.at(0).at("time").is_string());
  CHECK(calls.run("events", in_web({{"object", "deployment/web"}, {"warnings", true}})) ==
        Json::array());
}

TEST_CASE("A kubeconfig goes by the environment, and a user's own defaults do not count",
          "[kubectl]") {
  KubectlCalls calls({"contexts"});
  calls.kubectl.before("contexts",
                       "printf '%s %s' \"$KUBECONFIG\" \"$KUBERC\" >" + calls.path("env"));
  const Json options{{"kubeconfig", "other-config"}};
  const Error error = calls.error_of("contexts", options);
  CHECK(error.code == Code::kubernetes_context);
  CHECK(error.message == "kubeconfig: there is no file other-config");
  std::ofstream(calls.path("other-config")) << "{}";
  calls.run("contexts", options);
  CHECK(read_file(calls.path("env")) == "other-config off");
}
