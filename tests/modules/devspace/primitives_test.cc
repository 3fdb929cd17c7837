// Each primitive against what devspace really printed, asked with the very arguments.
#include "modules/modules.h"
#include "tests/modules/devspace/fake_tools.h"
#include "tests/modules/recorded_call.h"

using namespace runbook;
using namespace runbook::test;

namespace {

struct Project : CallFixture {
  Project() : CallFixture(devspace_module()) {}
  static Json in(const std::string& context, const std::string& space, const Json& more) {
    Json options{{"context", context}, {"namespace", space}};
    options.update(more);
    return options;
  }
  static Json in_crib(const Json& more = Json::object()) { return in("x", "crib-a", more); }

  FakeTools tools;
};

}  // namespace

TEST_CASE("A purge names what it removed, and again there is nothing", "[devspace]") {
  Project project;
  project.tools.devspace.play({"purge"});
  project.tools.devspace.play({"purge-again"});
  CHECK(project.run("purge", Project::in_crib()).at("purged") == Json{"app"});
  CHECK(project.run("purge", Project::in_crib()).at("purged") == Json::array());
  project.tools.devspace.play({"purge-two"});
  CHECK(project.run("purge", Project::in("c", "dsns", Json::object())).at("purged") ==
        Json{"app", "chart"});
}

TEST_CASE("A command of devspace.yaml passes its status and its streams on", "[devspace]") {
  Project project;
  project.tools.devspace.play({"run-ttl"});
  const Json labelled = project.run_with(
      "run", Project::in_crib({{"command", "ttl"}, {"args", {"crib-a", "7d"}}}), {});
  CHECK(labelled.at("code") == 0);
  CHECK(labelled.at("stdout") == "namespace/crib-a labeled\n");
  project.tools.devspace.play({"run-fails"});
  const Json options = Project::in_crib({{"command", "fails"}, {"check", false}});
  CHECK(project.run_with("run", options, {}).at("code") == 7);
  const Error failed = project.error_of("run", Project::in_crib({{"command", "fails"}}));
  CHECK(failed.code == Code::devspace_failed);
  CHECK(failed.message == "devspace run fails ended with exit status 7");
}

TEST_CASE("A command that devspace.yaml has not is an error whatever is checked", "[devspace]") {
  Project project;
  project.tools.devspace.play({"run-unknown"});
  const Json options = Project::in_crib({{"command", "nosuch"}, {"check", false}});
  CHECK(project.error_of("run", options).code == Code::devspace_unknown);
  project.tools.devspace.play({"run-unknown-warned"});
  CHECK(project.error_of("run", Project::in("c", "dsns", {{"command", "nope"}})).code ==
        Code::devspace_unknown);
  project.tools.devspace.play({"run-missing-namespace"});
  const Error missing =
      project.error_of("run", Project::in_crib({{"command", "ttl"}, {"args", {"nope", "7d"}}}));
  CHECK_THAT(missing.message, ContainsSubstring("namespaces \"nope\" not found"));
}

TEST_CASE("What a command printed that was to be kept is not in the error of its failure",
          "[devspace]") {
  Project project;
  project.tools.devspace.play(
      "token", {"--no-warn", "--kube-context=x", "--namespace=crib-a", "run", "token"},
      "the kept token\n", "", 1);
  const Error error =
      project.error_of("run", Project::in_crib({{"command", "token"}, {"keep", "token"}}));
  CHECK(error.code == Code::devspace_failed);
  CHECK(error.to_json().dump().find("the kept token") == std::string::npos);
}

TEST_CASE("A program in a container passes its status and its lines on", "[devspace]") {
  Project project;
  project.tools.devspace.play({"enter"});
  const Json result =
      project.run("enter", Project::in("c", "dsns",
                                       {{"argv", {"/bin/sh", "-c", "echo in; exit 5"}},
                                        {"selector", "app=web"},
                                        {"check", false}}));
  CHECK(result.at("code") == 5);
  CHECK(result.at("stdout") == "in\n");
}

TEST_CASE("What devspace.yaml and the cluster have is read as data", "[devspace]") {
  Project project;
  project.tools.devspace.play({"list-deployments"});
  project.tools.devspace.play({"list-deployments-purged"});
  CHECK(project.run("list_deployments", Project::in_crib()).at(0).at("status") ==
        "Status:deployed");
  CHECK(project.run("list_deployments", Project::in_crib()).at(0).at("status") == "Not deployed");
  project.tools.devspace.play({"list-profiles"});
  const Json profiles = project.run("list_profiles", Json::object());
  REQUIRE(profiles.size() == 3);
  CHECK(profiles.at(0) == Json{{"name", "keystone"}, {"description", ""}});
  project.tools.devspace.play({"list-vars"});
  CHECK(project.run("list_vars", Json::object()).at("IMAGE_TAG") == "latest");
  project.tools.devspace.play({"print"});
  const Json printed = project.run("print", Project::in("c", "dsns", Json::object()));
  CHECK(printed.at("config").at("name") == "demo");
}

TEST_CASE("Values that are named as secrets are not given back", "[devspace]") {
  Project project;
  project.tools.devspace.play("variables", {"--no-warn", "list", "vars", "-o", "json"},
                              R"({"DEPLOYER_KEY":"0x01","IMAGE_TAG":"latest"})");
  const Json variables = project.run("list_vars", Json::object());
  CHECK(variables == Json{{"DEPLOYER_KEY", "(redacted)"}, {"IMAGE_TAG", "latest"}});
  project.tools.devspace.play(
      "configuration", {"--no-warn", "print"},
      "Loaded path: /p\n\n-------------------\n\ndeployments:\n  app:\n    helm:\n"
      "      values:\n        - password: hunter2\n          user: me\n"
      "        - env: [{name: DB_PASSWORD, value: hunter2}, {name: LOG, value: debug}]\n"
      "vars:\n  ACCOUNT_KEY:\n    default: hunter2\n  TAG: v1\n");
  const Json printed = project.run("print", Json::object());
  CHECK(printed.at("config").at("deployments").at("app").at("helm").at("values").at(0) ==
        Json{{"password", "(redacted)"}, {"user", "me"}});
  CHECK(printed.dump().find("hunter2") == std::string::npos);
  CHECK_THAT(printed.dump(), ContainsSubstring("DB_PASSWORD") && ContainsSubstring("debug"));
  CHECK(printed.at("config").at("vars").at("TAG") == "v1");
}

TEST_CASE("The default namespace of a context is set, and which cluster it means is read",
          "[devspace]") {
  Project project;
  project.tools.devspace.play({"use-namespace"});
  CHECK(project.run("use_namespace", Project::in_crib()) ==
        Json{{"context", "x"}, {"namespace", "crib-a"}});
  project.tools.kubectl.play({"kubectl-view"});
  CHECK(project.run("connect", {{"context", "x"}}) ==
        Json{{"context", "x"}, {"server", "https://127.0.0.1:16443"}, {"namespace", "default"}});
}

TEST_CASE("Where a primitive acts must be said", "[devspace]") {
  Project project;
  for (const char* name : {"purge", "use_namespace", "list_deployments"}) {
    const Error error = project.error_of(name, {{"namespace", "crib-a"}});
    CHECK(error.code == Code::option_missing);
    CHECK_THAT(error.hint, ContainsSubstring("devspace.project"));
    CHECK(project.error_of(name, {{"context", "x"}}).code == Code::option_missing);
  }
}

TEST_CASE("Variables go as arguments, those that hold secrets by the environment", "[devspace]") {
  Project project;
  project.vault.add("key", "0x0123456789");
  project.tools.devspace.play("profiles",
                              {"--no-warn", "--var=\"HOSTS=a,\"\"b\"\"\"", "--var=IMAGE_TAG=v1",
                               "--var=REPLICAS=2", "list", "profiles"},
                              " NAME\n------\n keystone\n\n");
  const std::string file = project.path("environment");
  project.tools.devspace.before("profiles", "env >" + file);
  project.run("list_profiles", {{"vars",
                                 {{"DEPLOYER_KEY", "0x0123456789"},
                                  {"HOSTS", "a,\"b\""},
                                  {"IMAGE_TAG", "v1"},
                                  {"REPLICAS", 2}}},
                                {"kubeconfig", "kube/config"},
                                {"config", "/other.yaml"},
                                {"env", {{"REGION", "eu"}}}});
  const std::string environment = read_file(file);
  CHECK_THAT(environment, ContainsSubstring("DEPLOYER_KEY=0x0123456789\n") &&
                              ContainsSubstring("REGION=eu\n") &&
                              ContainsSubstring("DEVSPACE_CONFIG=/other.yaml\n") &&
                              ContainsSubstring("DEVSPACE_SKIP_VERSION_CHECK=true\n") &&
                              ContainsSubstring("KUBECONFIG=" + project.path("kube/config")));
  const Error error = project.error_of("list_profiles", {{"vars", {{"A", Json::array()}}}});
  CHECK(error.code == Code::option_invalid);
}

TEST_CASE("The version of devspace is understood", "[devspace]") {
  const Module module = devspace_module();
  REQUIRE(module.tools.size() == 1);
  CHECK(module.tools[0].version_in(recorded_text("version.out")) == "6.3.15");
}
