#include "tests/modules/kubectl/kubectl_calls.h"

using namespace runbook;
using namespace runbook::test;

namespace {

const Json kSettings{{"apiVersion", "v1"},
                     {"kind", "ConfigMap"},
                     {"metadata", {{"name", "settings"}}},
                     {"data", {{"colour", "red"}}}};

Json outcome(const char* kind, const char* name, const char* what) {
  return {{"kind", kind}, {"name", name}, {"namespace", "web"}, {"outcome", what}};
}

}  // namespace

TEST_CASE("kubectl.apply says of each object what happened to it", "[kubectl]") {
  KubectlCalls calls({"apply-created", "apply-unchanged"});
  const Json options = in_web({{"file", "manifests/web.yaml"}});
  CHECK(calls.run("apply", options) ==
        Json{outcome("deployment.apps", "web", "created"), outcome("service", "web", "created")});
  CHECK(calls.run("apply", options) == Json{outcome("deployment.apps", "web", "unchanged"),
                                            outcome("service", "web", "unchanged")});
}

TEST_CASE("kubectl.apply hands tables over on stdin", "[kubectl]") {
  KubectlCalls calls({"apply-configured", "apply-dry-run"});
  Json options = in_web({{"objects", {kSettings}}});
  CHECK(calls.run("apply", options) ==
        Json::array({outcome("configmap", "settings", "configured")}));
  options["dry_run"] = true;
  CHECK(calls.run("apply", options) ==
        Json::array({outcome("configmap", "settings", "unchanged")}));
}

TEST_CASE("kubectl.apply lets the cluster merge, and takes over only what it is told to",
          "[kubectl]") {
  KubectlCalls calls({"apply-server-side", "apply-conflict", "apply-forced"});
  Json options =
      in_web({{"objects", {kSettings}}, {"server_side", true}, {"field_manager", "one"}});
  CHECK(calls.run("apply", options) ==
        Json::array({outcome("configmap", "settings", "serverside-applied")}));
  options["objects"][0]["data"]["colour"] = "blue";
  options["field_manager"] = "two";
  const Error error = calls.error_of("apply", options);
  CHECK(error.code == Code::kubernetes_conflict);
  CHECK_THAT(error.hint, ContainsSubstring("force_conflicts = true"));
  options["force_conflicts"] = true;
  CHECK(calls.run("apply", options).at(0).at("outcome") == "serverside-applied");
}

TEST_CASE("kubectl.apply that was partly refused says what is applied", "[kubectl]") {
  KubectlCalls calls({"apply-partly"});
  const Error error = calls.error_of("apply", in_web({{"file", "manifests/partly.yaml"}}));
  CHECK(error.code == Code::kubernetes_invalid);
  CHECK_THAT(error.message, ContainsSubstring("(1 other object was applied)"));
  CHECK(error.detail.at("applied") == Json::array({outcome("configmap", "settings", "created")}));
  CHECK(error.effect == EffectDone::unknown);
}

TEST_CASE("The log of a refused Secret has none of it", "[kubectl]") {
  KubectlCalls calls({"secret-stale"});
  const char* manifest =
      R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"token","resourceVersion":"1"},"stringData":{"token":"value-of-now"}})";
  RecordedCall call = calls.make("apply", in_web({{"text", manifest}}));
  CHECK_THROWS_AS(calls.run("apply", call), Error);
  CHECK(call.lines.at(0) == "err Error from server (Conflict): error when applying patch:");
  CHECK(call.lines.at(1) == "err (redacted)");
  for (const std::string& line : call.lines) {
    CHECK_THAT(line, !ContainsSubstring("value-of-now"));
  }
}

TEST_CASE("kubectl.apply of manifests that say where they belong has no namespace of its own",
          "[kubectl]") {
  KubectlCalls calls({"apply-elsewhere", "apply-where-they-say"});
  Json options = in_web({{"file", "manifests/elsewhere.yaml"}});
  const Error error = calls.error_of("apply", options);
  CHECK(error.code == Code::kubernetes_invalid);
  CHECK_THAT(error.hint, ContainsSubstring("all_namespaces = true"));
  options["all_namespaces"] = true;
  CHECK(calls.error_of("apply", options).code == Code::kubernetes_not_found);
}

TEST_CASE("kubectl.apply wants one source of manifests", "[kubectl]") {
  KubectlCalls calls({});
  CHECK(calls.error_of("apply", in_web({{"recursive", true}})).code == Code::option_missing);
  CHECK(calls.error_of("apply", in_web({{"file", "a"}, {"text", "b"}})).code ==
        Code::option_invalid);
}

TEST_CASE("The cluster and the namespace are said by the recipe, or asked for", "[kubectl]") {
  KubectlCalls calls({});
  const Error no_context = calls.error_of("apply", {{"file", "a"}, {"namespace", "web"}});
  CHECK(no_context.code == Code::option_missing);
  CHECK(no_context.message == "kubectl apply: the recipe does not say of which cluster");
  CHECK_THAT(no_context.hint,
             ContainsSubstring("kubectl.cluster") && ContainsSubstring("context ="));
  const Error no_namespace = calls.error_of("apply", {{"file", "a"}, {"context", "admin"}});
  CHECK(no_namespace.message == "kubectl apply: the recipe does not say in which namespace");
  CHECK_THAT(no_namespace.hint, ContainsSubstring("all_namespaces = true"));
}

TEST_CASE("A secret in an argument of kubectl is refused, in a manifest it is not", "[kubectl]") {
  KubectlCalls calls({"apply-configured"});
  calls.vault.add("colour", "red-is-secret");
  CHECK(calls.error_of("apply", in_web({{"file", "red-is-secret.yaml"}})).code ==
        Code::secret_in_arguments);
  CHECK(calls.run("apply", in_web({{"objects", {kSettings}}})).size() == 1);
}

TEST_CASE("kubectl.delete says what it deleted, and what is gone already is no failure",
          "[kubectl]") {
  KubectlCalls calls({"delete", "delete-gone", "delete-file", "delete-pods", "delete-namespace"});
  CHECK(calls.run("delete", in_web({{"object", "service/web"}})) ==
        Json::array({outcome("service", "web", "deleted")}));
  CHECK(calls.run("delete", in_web({{"object", "service/web"}})) == Json::array());
  CHECK(calls.run("delete", in_web({{"file", "manifests/web.yaml"}})) ==
        Json::array({outcome("deployment.apps", "web", "deleted")}));
  const Json pods =
      calls.run("delete", in_web({{"kind", "pods"}, {"selector", "app=web"}, {"wait", false}}));
  CHECK(pods.size() == 1);
  const Json space = calls.run("delete", in_web({{"object", "namespace/web"}, {"wait", false}}));
  CHECK(space == Json{{{"kind", "namespace"}, {"name", "web"}, {"outcome", "deleted"}}});
}

TEST_CASE("kubectl.delete gives up when the object stays", "[kubectl]") {
  KubectlCalls calls({"delete-held"});
  const Error error =
      calls.error_of("delete", in_web({{"object", "configmap/held"}, {"timeout", "2s"}}));
  CHECK(error.code == Code::kubernetes_not_ready);
  CHECK_THAT(error.message, ContainsSubstring("configmaps/held"));
}

TEST_CASE("kubectl.delete in all namespaces does not fall back on the context's own", "[kubectl]") {
  KubectlCalls calls({});
  const std::vector<std::string> begin{
      "--context=admin",    "delete",        "--wait=true",     "--timeout=600s",
      "--ignore-not-found", "--output=name", "--all-namespaces"};
  const auto play = [&](const char* name, std::vector<std::string> end) {
    end.insert(end.begin(), begin.begin(), begin.end());
    calls.kubectl.play(name, end, std::string(name) + "/a\n");
  };
  play("pod", {"pods", "--selector=app=web"});
  play("widget", {"widget/a"});
  Json options = in_web({{"all_namespaces", true}, {"kind", "pods"}, {"selector", "app=web"}});
  CHECK(calls.run("delete", options).at(0).at("kind") == "pod");
  options["object"] = "widget/a";
  CHECK(calls.run("delete", options).at(0).at("kind") == "widget");
}

TEST_CASE("A kind of others that is named like one of the whole cluster needs a namespace",
          "[kubectl]") {
  KubectlCalls calls({});
  const auto code = [&](const char* object) {
    return calls.error_of("delete", {{"object", object}, {"context", "admin"}}).code;
  };
  CHECK(code("nodes.example.com/a") == Code::option_missing);
  calls.kubectl.play("class",
                     {"--context=admin", "delete", "--wait=true", "--timeout=600s",
                      "--ignore-not-found", "--output=name", "storageclasses.storage.k8s.io/a"},
                     "storageclass.storage.k8s.io/a\n");
  CHECK(calls.run("delete", {{"object", "storageclasses.storage.k8s.io/a"}, {"context", "admin"}})
            .size() == 1);
}

TEST_CASE("kubectl.delete wants to know what", "[kubectl]") {
  KubectlCalls calls({});
  CHECK(calls.error_of("delete", in_web({{"kind", "pods"}})).code == Code::option_missing);
  CHECK(calls.error_of("delete", in_web({{"object", "web"}})).code == Code::option_invalid);
  CHECK(calls.error_of("delete", in_web({{"object", "--all=x/y"}})).code == Code::option_invalid);
}

TEST_CASE("kubectl.diff shows a change without folders and times", "[kubectl]") {
  KubectlCalls calls({"diff-changed"});
  const Json changed = calls.run("diff", in_web({{"objects", {kSettings}}}));
  CHECK(changed.at("changed") == true);
  const std::string text = changed.at("text");
  CHECK_THAT(text, Catch::Matchers::StartsWith("--- live/v1.ConfigMap.web.settings\n"
                                               "+++ merged/v1.ConfigMap.web.settings\n@@ "));
  CHECK_THAT(text, ContainsSubstring("\n-  colour: green\n+  colour: red\n"));
  CHECK_THAT(text, !ContainsSubstring("/tmp") && !ContainsSubstring("last-applied"));
}

TEST_CASE("kubectl.diff tells a refused manifest from a change", "[kubectl]") {
  KubectlCalls calls({"diff-refused"});
  CHECK(calls.error_of("diff", in_web({{"file", "manifests/partly.yaml"}})).code ==
        Code::kubernetes_invalid);
}

TEST_CASE("kubectl.diff of what is as it should be is empty", "[kubectl]") {
  KubectlCalls calls({"diff-same"});
  CHECK(calls.run("diff", in_web({{"file", "manifests/web.yaml"}})) ==
        Json{{"changed", false}, {"text", ""}});
}

TEST_CASE("kubectl.diff shows that a secret changes, and not what it is", "[kubectl]") {
  KubectlCalls calls({"diff-secret"});
  const std::string text =
      calls.run("diff", in_web({{"file", "manifests/secret.yaml"}})).at("text");
  CHECK_THAT(text, ContainsSubstring("   apicredentials: (redacted)\n") &&
                       ContainsSubstring("-  node-password: (redacted)\n-  port: \"6688\"\n") &&
                       ContainsSubstring("+  node-password: (redacted)\n+  port: \"6689\"\n") &&
                       ContainsSubstring("-  token: (redacted)\n+  token: (redacted)\n"));
  for (const char* secret :
       {"pass-word-1", "new-password", "keystore", "another-value", "user@example"}) {
    CHECK_THAT(text, !ContainsSubstring(secret));
  }
}
