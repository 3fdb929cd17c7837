#include "tests/modules/kubectl/kubectl_calls.h"

using namespace runbook;
using namespace runbook::test;

namespace {

const char* const kTtl = "cleanup.kyverno.io/ttl";

}  // namespace

TEST_CASE("kubectl.label sets, keeps, replaces and removes labels", "[kubectl]") {
  KubectlCalls calls({"label", "label-again", "label-conflict", "label-removed"});
  Json options =
      in_web({{"object", "namespace/web"}, {"labels", {{kTtl, "72h"}}}, {"overwrite", true}});
  CHECK(calls.run("label", options) ==
        Json{{{"kind", "namespace"}, {"name", "web"}, {"outcome", "labeled"}}});
  CHECK(calls.run("label", options).at(0).at("outcome") == "not labeled");
  options["overwrite"] = false;
  options["labels"][kTtl] = "8d";
  CHECK(calls.error_of("label", options).code == Code::kubernetes_conflict);
  options["labels"][kTtl] = false;
  CHECK(calls.run("label", options).at(0).at("outcome") == "unlabeled");
}

TEST_CASE("kubectl.label marks all that a selector chooses", "[kubectl]") {
  KubectlCalls calls({"label-selected"});
  const Json marked = calls.run(
      "label",
      in_web({{"kind", "pods"}, {"selector", "app=web"}, {"labels", {{"tier", "front"}}}}));
  CHECK(marked.size() == 2);
  CHECK(marked.at(0).at("namespace") == "web");
}

TEST_CASE("kubectl.label refuses what it could misunderstand", "[kubectl]") {
  KubectlCalls calls({});
  const auto code = [&](Json options) { return calls.error_of("label", in_web(options)).code; };
  CHECK(code({{"labels", {{"a", "b"}}}}) == Code::option_missing);
  CHECK(code({{"kind", "pods"}, {"labels", {{"a", "b"}}}}) == Code::option_missing);
  CHECK(code({{"object", "pod/a"}, {"labels", Json::object()}}) == Code::option_missing);
  CHECK(code({{"object", "pod/a"}, {"labels", {{"--all", "b"}}}}) == Code::option_invalid);
  CHECK(code({{"object", "pod/a"}, {"labels", {{"a", Json::array()}}}}) == Code::option_invalid);
}

TEST_CASE("kubectl.annotate sets annotations", "[kubectl]") {
  KubectlCalls calls({"annotate"});
  const Json marked = calls.run(
      "annotate", in_web({{"object", "deployment/web"}, {"annotations", {{"owner", "ops"}}}}));
  CHECK(marked.at(0).at("outcome") == "annotated");
}

TEST_CASE("kubectl.label in all namespaces does not fall back on the context's own", "[kubectl]") {
  KubectlCalls calls({});
  calls.kubectl.play(
      "marked",
      {"--context=admin", "--request-timeout=30s", "label", "widget/a", "--all-namespaces", "b=c"},
      "widget.example.com/a labeled\n");
  CHECK(
      calls
          .run("label",
               in_web({{"object", "widget/a"}, {"labels", {{"b", "c"}}}, {"all_namespaces", true}}))
          .size() == 1);
}

TEST_CASE("kubectl.scale sets how many pods there are", "[kubectl]") {
  KubectlCalls calls({"scale"});
  CHECK(calls.run("scale", in_web({{"object", "deployment/web"}, {"replicas", 3}})).at("outcome") ==
        "scaled");
}

TEST_CASE("kubectl.patch merges fields, and says whether that changed anything", "[kubectl]") {
  KubectlCalls calls({"patch", "patch-again", "patch-bad"});
  Json options = in_web({{"object", "deployment/web"}, {"patch", {{"spec", {{"replicas", 1}}}}}});
  CHECK(calls.run("patch", options) == Json{{"kind", "deployment.apps"},
                                            {"name", "web"},
                                            {"namespace", "web"},
                                            {"outcome", "patched"},
                                            {"changed", true}});
  options["patch"] = "{\"spec\":{\"replicas\":1}}";
  CHECK(calls.run("patch", options).at("changed") == false);
  options["patch"] = {{"spec", {{"replicas", "x"}}}};
  options["type"] = "merge";
  CHECK(calls.error_of("patch", options).code == Code::kubernetes_invalid);
}

TEST_CASE("kubectl.patch of type json is once, of any other idempotent", "[kubectl]") {
  KubectlCalls calls({});
  const auto effect_of = calls.function("patch").effect_of;
  CHECK(effect_of({{"type", "json"}}) == Effect::once);
  CHECK(effect_of({{"type", "merge"}}) == Effect::idempotent);
  const auto code = [&](Json options) { return calls.error_of("patch", in_web(options)).code; };
  CHECK(code({{"object", "pod/a"}, {"patch", Json::array()}}) == Code::option_invalid);
  CHECK(code({{"object", "pod/a"}, {"patch", {{"a", 1}}}, {"type", "json"}}) ==
        Code::option_invalid);
  CHECK(code({{"object", "pod/a"}, {"patch", {{"a", 1}}}, {"type", "yaml"}}) ==
        Code::option_invalid);
}

TEST_CASE("A JSON patch is bound to the object that was looked at, and examined by its manager",
          "[kubectl]") {
  KubectlCalls calls({"patch-bound"});
  const std::vector<std::string> look{
      "--context=admin", "--namespace=web", "--request-timeout=30s", "get",
      "deployment/web",  "--output=json",   "--show-managed-fields", "--ignore-not-found"};
  Json web{{"kind", "Deployment"},
           {"apiVersion", "apps/v1"},
           {"metadata", {{"name", "web"}, {"namespace", "web"}, {"resourceVersion", "1"}}},
           {"spec", {{"replicas", 1}}}};
  const Json options =
      in_web({{"object", "deployment/web"},
              {"type", "json"},
              {"patch", {{{"op", "add"}, {"path", "/metadata/annotations/a"}, {"value", "b"}}}}});
  calls.kubectl.play("before", look, web.dump());
  web["metadata"]["resourceVersion"] = "2";
  web["status"] = {{"replicas", 1}};
  calls.kubectl.play("status", look, web.dump());
  web["metadata"]["managedFields"] = {{{"manager", "runbook-test"}}};
  calls.kubectl.play("patched", look, web.dump());
  web["metadata"].erase("managedFields");
  web["spec"]["replicas"] = 2;
  calls.kubectl.play("others", look, web.dump());
  calls.kubectl.play("gone", look, "");

  Intent intent = calls.prepare("patch", options);
  CHECK(intent.data.at("resource_version") == "1");
  intent.data["manager"] = "runbook-test";
  CHECK_THROWS_WITH(calls.run_with("patch", options, intent),
                    ContainsSubstring("the object has been modified"));
  CHECK(calls.probe("patch", options, intent).kind == Outcome::Kind::not_done);
  const Outcome done = calls.probe("patch", options, intent);
  CHECK(done.kind == Outcome::Kind::done);
  CHECK(done.value.at("kind") == "deployment.apps");
  CHECK(calls.probe("patch", options, intent).kind == Outcome::Kind::cannot_tell);
  CHECK(calls.probe("patch", options, intent).kind == Outcome::Kind::not_done);
}

TEST_CASE("kubectl.create_secret hands the data over on stdin and never keeps a copy",
          "[kubectl]") {
  KubectlCalls calls({"secret-applied", "secret-conflict", "secret-forced"});
  Json options =
      in_web({{"name", "login"}, {"data", {{"user", "web"}, {"password", "hunter2-hunter2"}}}});
  RecordedCall call = calls.make("create_secret", options);
  CHECK(calls.run("create_secret", call) == Json{{"kind", "secret"},
                                                 {"name", "login"},
                                                 {"namespace", "web"},
                                                 {"outcome", "serverside-applied"}});
  CHECK(call.lines == std::vector<std::string>{"out secret/login serverside-applied"});
}

TEST_CASE("kubectl.create_secret leaves alone what somebody else has changed, unless told",
          "[kubectl]") {
  KubectlCalls calls({"secret-conflict", "secret-forced"});
  Json options =
      in_web({{"name", "login"}, {"data", {{"user", "web"}, {"password", "hunter2-hunter2"}}}});
  CHECK(calls.error_of("create_secret", options).code == Code::kubernetes_conflict);
  options["force_conflicts"] = true;
  CHECK(calls.run("create_secret", options).at("name") == "login");
}

TEST_CASE("kubectl.create_secret says which value is no text, and that a type stays", "[kubectl]") {
  KubectlCalls calls({"secret-type"});
  const Json data{{"user", "web"}, {"password", "hunter2-hunter2"}};
  CHECK(calls.error_of("create_secret", in_web({{"name", "login"}, {"data", {{"n", 1}}}})).code ==
        Code::option_invalid);
  const Error error = calls.error_of(
      "create_secret", in_web({{"name", "login"}, {"data", data}, {"type", "example.test.other"}}));
  CHECK(error.code == Code::kubernetes_invalid);
  CHECK_THAT(error.message, ContainsSubstring("field is immutable"));
}

TEST_CASE("kubectl.create_namespace creates it once, and gives it its labels", "[kubectl]") {
  KubectlCalls calls(
      {"namespace-missing", "namespace-found", "namespace-created", "namespace-patched"});
  Json options{{"name", "web"}, {"context", "admin"}};
  const auto outcome = [&] { return calls.run("create_namespace", options).at("outcome"); };
  CHECK(outcome() == "created");
  CHECK(outcome() == "unchanged");
  options["labels"] = {{"network", "crib"}};
  CHECK(outcome() == "configured");
  CHECK(calls.kubectl.played() == std::vector<std::string>{"namespace-missing", "namespace-created",
                                                           "namespace-found", "namespace-found",
                                                           "namespace-patched"});
}

TEST_CASE("kubectl.create_namespace says so when somebody else was faster", "[kubectl]") {
  KubectlCalls calls({"namespace-missing", "namespace-exists"});
  const Json options{{"name", "web"}, {"context", "admin"}};
  CHECK(calls.error_of("create_namespace", options).code == Code::kubernetes_exists);
}

TEST_CASE("kubectl.create_namespace refuses one that goes away", "[kubectl]") {
  KubectlCalls calls({"namespace-terminating"});
  const Error error = calls.error_of("create_namespace", {{"name", "web"}, {"context", "admin"}});
  CHECK(error.code == Code::kubernetes_terminating);
  CHECK_THAT(error.message, ContainsSubstring("namespace web is being deleted since 20"));
}
