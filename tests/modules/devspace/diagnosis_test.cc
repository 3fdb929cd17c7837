#include "modules/devspace/diagnosis.h"

#include "tests/modules/devspace/fake_tools.h"

using namespace runbook;
using namespace runbook::test;

namespace {

tool::Failure recorded_failure(const std::string& name) {
  return {.command = "devspace deploy",
          .out = tool::plain_output(recorded_text(name + ".out")),
          .err = tool::plain_output(recorded_text(name + ".err")),
          .exit = 1};
}

Error diagnosed(const std::string& name) {
  return devspace::diagnose(recorded_failure(name), {"x", "crib-a", "kubectl --context x"});
}

Error fatal(const std::string& text) {
  return devspace::diagnose(
      {.command = "devspace deploy", .out = "", .err = "fatal " + text + "\n", .exit = 1},
      {"x", "crib-a", "kubectl --context x"});
}

struct Expected {
  std::string name;
  Code code;
  std::string message;
  bool transient = false;
};

}  // namespace

TEST_CASE("Each way in which devspace failed has its number and its sentence", "[devspace]") {
  const std::vector<Expected> all{
      {"deploy-stuck", Code::devspace_failed,
       "app was not deployed: context deadline exceeded (its pods were not ready in helm's time)"},
      {"deploy-pending", Code::devspace_pending,
       "app was not deployed: another operation (install/upgrade/rollback) is in progress: a helm "
       "upgrade of it runs elsewhere, or was cut off",
       true},
      {"deploy-no-chart", Code::devspace_config,
       "chart was not deployed: path \"/nope\" not found"},
      {"deploy-wrong-type", Code::devspace_failed,
       "app was not deployed: Deployment in version \"v1\" cannot be handled as a Deployment: "
       "json: "
       "cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"},
      {"deploy-unknown-context", Code::kubernetes_context,
       "the kubeconfig has no usable context x: Error loading kube config, context 'nope' doesn't "
       "exist"},
      {"deploy-no-kubeconfig", Code::kubernetes_context,
       "the kubeconfig has no usable context x: kube config is invalid"},
      {"deploy-unknown-flag", Code::devspace_unknown,
       "the pipeline has no such flag: unknown flag: --nosuch"},
      {"deploy-unknown-profile", Code::devspace_unknown,
       "devspace.yaml has no such profile: Couldn't find profile 'nosuch'"},
      {"deploy-bad-config", Code::devspace_config,
       "devspace.yaml is of another version: parse variables: Unrecognized config version v9. "
       "Please upgrade devspace with `devspace upgrade`"},
      {"deploy-no-config", Code::devspace_config,
       "there is no devspace.yaml: Cannot find a devspace.yaml for this project. Please run "
       "`devspace init`"},
      {"pipeline-unknown", Code::devspace_unknown,
       "devspace.yaml has no such pipeline: couldn't find pipeline nope"},
      {"run-unknown", Code::devspace_unknown,
       "devspace.yaml has no such command: couldn't find command 'nosuch' in devspace config"},
      {"run-unknown-warned", Code::devspace_unknown,
       "devspace.yaml has no such command: couldn't find command 'nope' in devspace config"},
      {"run-missing-namespace", Code::devspace_failed,
       "devspace deploy ended with exit status 1: Error from server (NotFound): namespaces "
       "\"nope\" "
       "not found"}};
  for (const Expected& expected : all) {
    INFO(expected.name);
    const Error error = diagnosed(expected.name);
    CHECK(error.code == expected.code);
    CHECK(error.message == expected.message);
    CHECK(error.transient == expected.transient);
    CHECK(error.effect == EffectDone::none);
  }
}

TEST_CASE("Hints of devspace's failures are commands for the cluster of the recipe", "[devspace]") {
  CHECK_THAT(diagnosed("deploy-stuck").hint,
             ContainsSubstring("kubectl --context x -n crib-a get pods"));
  CHECK_THAT(diagnosed("deploy-pending").hint,
             ContainsSubstring("kubectl --context x -n crib-a get secrets"));
  CHECK_THAT(diagnosed("deploy-wrong-type").hint, ContainsSubstring("devspace print"));
}

// Not recorded: the words are those of devspace's source.
TEST_CASE("A variable that nobody can be asked for is told, and so is another devspace at work",
          "[devspace]") {
  CHECK(fatal("couldn't find environment variable RPC_URL, but is needed for loading the config")
            .code == Code::devspace_variable);
  CHECK(fatal("cannot ask question 'Which image?' because you are not currently using a terminal")
            .code == Code::devspace_variable);
  const Error busy = fatal(
      "couldn't execute 'devspace deploy', because there is another DevSpace "
      "instance active in the current namespace");
  CHECK(busy.code == Code::devspace_failed);
  CHECK(busy.transient);
  const Error down = fatal(
      "unable to create namespace: dial tcp 127.0.0.1:1: connect: connection "
      "refused");
  CHECK(down.code == Code::kubernetes_unreachable);
  CHECK(down.transient);
}

TEST_CASE("The cluster's refusals are told apart in kubectl's words", "[devspace]") {
  const auto code = [](const std::string& name) {
    return devspace::diagnose_kubectl(recorded_failure(name),
                                      {"x", "crib-a", "kubectl --context x"})
        .code;
  };
  CHECK(code("kubectl-unreachable") == Code::kubernetes_unreachable);
  CHECK(code("kubectl-unauthorized") == Code::kubernetes_unauthorized);
  CHECK(code("kubectl-forbidden") == Code::kubernetes_forbidden);
  CHECK(code("kubectl-unknown-context") == Code::kubernetes_context);
  CHECK(
      devspace::diagnose_kubectl({.command = "kubectl get", .err = "what?", .exit = 1}, {}).code ==
      Code::tool_failed);
}
