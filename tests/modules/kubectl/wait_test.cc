#include "tests/modules/kubectl/kubectl_calls.h"

using namespace runbook;
using namespace runbook::test;

namespace {

const Json kQuickly{{"timeout", "30s"}, {"every", "1ms"}};

Json waiting(Json options) {
  options.update(kQuickly);
  return in_web(std::move(options));
}

/// What was said while it waited, and how it ended.
struct Told {
  Told(KubectlCalls& calls, const Json& options) {
    RecordedCall call = calls.make("wait", options);
    try {
      calls.run("wait", call);
    } catch (const Error& caught) {
      error = caught;
    }
    lines = call.lines;
  }
  Error error{Code::internal, "it succeeded"};
  std::vector<std::string> lines;
};

}  // namespace

TEST_CASE("kubectl.wait ends when the condition is there", "[kubectl]") {
  KubectlCalls calls({"wait-available"});
  CHECK(calls.run("wait", waiting({{"object", "deployment/web"}, {"condition", "Available"}})) ==
        Json::array({Json{{"kind", "deployment.apps"}, {"name", "web"}, {"namespace", "web"}}}));
}

TEST_CASE("kubectl.wait goes on until a value is there, of whatever kubectl makes of the path",
          "[kubectl]") {
  KubectlCalls calls({"wait-available"});
  const std::vector<std::string> path{
      "--context=admin",       "--namespace=web",
      "--request-timeout=30s", "get",
      "deployment.apps/web",   "--output=jsonpath={.status.readyReplicas}",
      "--ignore-not-found"};
  calls.kubectl.play("not-yet", path, "");
  calls.kubectl.play({"wait-path"});
  // Asked why: the pods are all ready.
  calls.kubectl.play("pods",
                     {"--context=admin", "--namespace=web", "--request-timeout=30s", "get",
                      "pods,replicasets.apps", "--selector=app=web", "--output=json"},
                     R"({"items": []})");
  const Json found = calls.run(
      "wait",
      waiting({{"object", "deployment/web"}, {"jsonpath", ".status.readyReplicas"}, {"value", 2}}));
  CHECK(found.at(0).at("value") == "2");
  CHECK(calls.kubectl.played() == std::vector<std::string>{"wait-available", "not-yet", "pods",
                                                           "wait-available", "wait-path"});
}

TEST_CASE("kubectl.wait for a selector waits until there are some, and all of them are",
          "[kubectl]") {
  KubectlCalls calls({});
  const std::vector<std::string> pods{
      "--context=admin",    "--namespace=web", "--request-timeout=30s", "get", "pods",
      "--selector=app=web", "--output=json"};
  calls.kubectl.play("none", pods, R"({"items": []})");
  calls.kubectl.play({"wait-selected"});
  const Json found = calls.run(
      "wait", waiting({{"kind", "pods"}, {"selector", "app=web"}, {"condition", "ready"}}));
  CHECK(found.size() == 2);
}

TEST_CASE("kubectl.wait says what keeps a namespace from being gone, until it is", "[kubectl]") {
  KubectlCalls calls({"namespace-terminating", "namespace-missing"});
  RecordedCall call = calls.make("wait", waiting({{"object", "namespace/web"}, {"deleted", true}}));
  CHECK(calls.run("wait", call) == Json::array());
  REQUIRE_FALSE(call.lines.empty());
  CHECK_THAT(
      call.lines.front(),
      ContainsSubstring("out waits: namespace/web: it is being deleted; finalizer kubernetes"));
}

TEST_CASE("kubectl.wait for the end of pods takes no heed of those that replace them",
          "[kubectl]") {
  KubectlCalls calls({});
  const std::vector<std::string> pod{
      "--context=admin", "--namespace=web", "--request-timeout=30s", "get",
      "pod/web-0",       "--output=json",   "--ignore-not-found"};
  for (const char* uid : {"one", "two"}) {
    calls.kubectl.play(
        uid, pod, Json{{"kind", "Pod"}, {"metadata", {{"name", "web-0"}, {"uid", uid}}}}.dump());
  }
  CHECK(calls.run("wait", waiting({{"object", "pod/web-0"}, {"deleted", true}})) == Json::array());
  CHECK(calls.kubectl.played() == std::vector<std::string>{"one", "two"});
}

TEST_CASE("kubectl.wait in all namespaces does not look in the context's own alone", "[kubectl]") {
  KubectlCalls calls({});
  calls.kubectl.play(
      "all",
      {"--context=admin", "--request-timeout=30s", "get", "pods", "--selector=app=web",
       "--all-namespaces", "--output=json", "--ignore-not-found"},
      R"({"items": []})");
  const Json options = waiting(
      {{"kind", "pods"}, {"selector", "app=web"}, {"deleted", true}, {"all_namespaces", true}});
  CHECK(calls.run("wait", options) == Json::array());
}

TEST_CASE("kubectl.wait goes on where it may not see why not yet, and says so", "[kubectl]") {
  KubectlCalls calls({"stuck-deployment"});
  calls.kubectl.play("refused",
                     {"--context=admin", "--namespace=web", "--request-timeout=30s", "get",
                      "pods,replicasets.apps", "--selector=app=stuck", "--output=json"},
                     "", "Error from server (Forbidden): pods is forbidden\n", 1);
  Json options = waiting({{"object", "deployment/stuck"}, {"condition", "Available"}});
  options["timeout"] = "1ms";
  const Told told(calls, options);
  CHECK(told.error.code == Code::kubernetes_not_ready);
  CHECK_THAT(told.error.message, ContainsSubstring("Available is False") &&
                                     ContainsSubstring("why cannot be seen: kubectl get pods: "));
}

TEST_CASE("kubectl.wait for what is not there fails at once", "[kubectl]") {
  KubectlCalls calls({"wait-missing"});
  const Told told(calls, waiting({{"object", "deployment/nope"}, {"condition", "Available"}}));
  CHECK(told.error.code == Code::kubernetes_not_found);
}

TEST_CASE("kubectl.wait gives up on an image that cannot be pulled, and says which", "[kubectl]") {
  KubectlCalls calls({"stuck-deployment", "stuck-pods", "stuck-events"});
  Json options = waiting({{"object", "deployment/stuck"}, {"condition", "Available"}});
  options["image_pull_limit"] = "10ms";
  const Told told(calls, options);
  CHECK(told.error.code == Code::kubernetes_will_not_heal);
  CHECK_THAT(told.error.message,
             ContainsSubstring("gave up waiting for deployment/stuck to be Available: pod stuck-"));
  CHECK_THAT(told.error.message,
             ContainsSubstring("cannot pull image \"example.test/stuck:none\" (ImagePullBackOff"));
  CHECK_THAT(told.error.hint,
             ContainsSubstring("kubectl --context=admin --namespace=web describe pod stuck-"));
  CHECK_THAT(told.lines.front(), ContainsSubstring("waits: pod stuck-"));
}

TEST_CASE("kubectl.wait says at its deadline why not yet", "[kubectl]") {
  KubectlCalls calls({"stuck-deployment", "stuck-pods", "stuck-events"});
  Json options = waiting({{"object", "deployment/stuck"}, {"condition", "Available"}});
  options["timeout"] = "1ms";
  const Told told(calls, options);
  CHECK(told.error.code == Code::kubernetes_not_ready);
  CHECK_THAT(told.error.message,
             ContainsSubstring("waited 1ms for deployment/stuck to be Available: pod stuck-"));
  CHECK_THAT(told.error.message, ContainsSubstring("Available is False"));
}

TEST_CASE("kubectl.wait gives up on restarts since it began, with the container's last line",
          "[kubectl]") {
  KubectlCalls calls({"crashing", "crashing-events", "crashing-again"});
  calls.kubectl.play("crashing-log",
                     {"--context=admin", "--namespace=web", "--request-timeout=30s", "logs",
                      "pod/crashing", "--container=crashing", "--tail=1"},
                     "panic: no configuration\n");
  Json options = waiting({{"object", "pod/crashing"}, {"condition", "Ready"}});
  options["restart_limit"] = 2;
  const Told told(calls, options);
  CHECK(told.error.code == Code::kubernetes_will_not_heal);
  CHECK_THAT(told.error.message,
             ContainsSubstring("pod crashing: container crashing crashed (exit code 3, Error); "
                               "restart 2 of 2 since the wait began") &&
                 ContainsSubstring("its last line: panic: no configuration"));
}

TEST_CASE("kubectl.wait goes on where a container's log cannot be read", "[kubectl]") {
  KubectlCalls calls({"crashing", "crashing-events", "crashing-again", "crashing-log-none"});
  Json options = waiting({{"object", "pod/crashing"}, {"condition", "Ready"}});
  options["restart_limit"] = 2;
  const Told told(calls, options);
  CHECK(told.error.code == Code::kubernetes_will_not_heal);
  CHECK_THAT(told.error.message, !ContainsSubstring("its last line"));
}

TEST_CASE("kubectl.wait gives up on a pod that no node can take", "[kubectl]") {
  KubectlCalls calls({"lonely", "lonely-events"});
  Json options = waiting({{"object", "pod/lonely"}, {"condition", "Ready"}});
  options["unschedulable_limit"] = "1ms";
  const Told told(calls, options);
  CHECK(told.error.code == Code::kubernetes_will_not_heal);
  CHECK_THAT(told.error.message,
             ContainsSubstring("pod lonely: has no node (Unschedulable, which may last 1ms): 0/"));
}

TEST_CASE("kubectl.wait goes on while the cluster does not answer, and says so", "[kubectl]") {
  KubectlCalls calls({});
  const std::vector<std::string> get{"--context=admin",       "--namespace=web",
                                     "--request-timeout=30s", "get",
                                     "deployment/web",        "--output=json"};
  calls.kubectl.play("refused", get, "", "The connection to the server was refused\n", 1);
  calls.kubectl.play({"wait-available"});
  RecordedCall call =
      calls.make("wait", waiting({{"object", "deployment/web"}, {"condition", "Available"}}));
  CHECK(calls.run("wait", call).size() == 1);
  CHECK_THAT(call.lines.front(), ContainsSubstring("the cluster did not answer"));
}

TEST_CASE("kubectl.wait wants to know what for", "[kubectl]") {
  KubectlCalls calls({});
  const auto code = [&](Json options) { return calls.error_of("wait", waiting(options)).code; };
  CHECK(code({{"object", "pod/a"}}) == Code::option_missing);
  CHECK(code({{"object", "pod/a"}, {"condition", "Ready"}, {"deleted", true}}) ==
        Code::option_missing);
  CHECK(code({{"kind", "pods"}, {"condition", "Ready"}}) == Code::option_missing);
  CHECK(code({{"object", "web"}, {"condition", "Ready"}}) == Code::option_invalid);
}

TEST_CASE("kubectl.wait shows no value of Secrets and ConfigMaps", "[kubectl]") {
  KubectlCalls calls({});
  for (const char* object : {"secret/login", "Secrets/login", "cm/node", "pods,configmaps.v1./a"}) {
    const Error error =
        calls.error_of("wait", waiting({{"object", object}, {"jsonpath", ".data.password"}}));
    CHECK(error.code == Code::option_invalid);
    CHECK_THAT(error.hint, ContainsSubstring("kubectl.get"));
  }
}

TEST_CASE("kubectl.rollout_status ends when all pods are new", "[kubectl]") {
  KubectlCalls calls({"wait-available"});
  const Json rolled = calls.run("rollout_status", waiting({{"object", "deployment/web"}}));
  CHECK(rolled.at("kind") == "deployment.apps");
  CHECK(rolled.at("replicas") == 2);
}

TEST_CASE("kubectl.rollout_status says why a rollout does not end", "[kubectl]") {
  KubectlCalls calls({"stuck-deployment", "stuck-pods", "stuck-events"});
  Json options = waiting({{"object", "deployment/stuck"}});
  options["timeout"] = "1ms";
  const Error error = calls.error_of("rollout_status", options);
  CHECK(error.code == Code::kubernetes_not_ready);
  CHECK_THAT(error.message, ContainsSubstring("waited 1ms for the rollout of deployment/stuck") &&
                                ContainsSubstring("0 of 1 updated replicas are available"));
}
