// recipes/crib/lib/nodes.lua: nodes of a file and of Kubernetes, by the real program and a kubectl
// that answers what is written here.
#include "engine/base/json.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/fakes/fake_tool.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// A project with the library and a recipe that says which nodes it found.
struct NodesProject {
  NodesProject() {
    const std::filesystem::path source = SOURCE_FOLDER;
    std::filesystem::copy(source / "recipes/crib/lib", folder.path() / "lib");
    std::filesystem::copy(source / "tests/recipes/crib/list_nodes.lua", folder.path() / "r.lua");
  }
  Ran with_list(const std::string& lines) const {
    const auto written = folder.write("nodes.txt", lines);
    return run_runbook({"run", "r.lua", "--fresh", "-p", "namespace=crib-test", "-p",
                        "node_list=nodes.txt", "-o", "plain"},
                       folder.path());
  }
  Folder folder;
};

void check_refused(const std::string& lines, const std::string& sentence) {
  const Ran ran = NodesProject().with_list(lines);
  INFO(ran.err);
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring(sentence));
}

}  // namespace

TEST_CASE("A NodeList file is read in each of its three forms, in its order", "[crib]") {
  const NodesProject project;
  const Ran ran = project.with_list(
      "https://crib-boot.example:443/ a@chain.link first-secret\n\n"
      "https://crib-node10.example app-node-10:6688 b@chain.link other-secret\n"
      "localhost:6688 app-node-2:6688 c@chain.link third-secret");
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(
      ran.out,
      ContainsSubstring(
          "nodes: crib-boot.example:443 https://crib-boot.example:443/ crib-boot.example "
          "a@chain.link bootstrap; crib-node10.example https://crib-node10.example app-node-10 "
          "b@chain.link oracle; localhost:6688 http://localhost:6688 app-node-2 c@chain.link "
          "oracle"));
  CHECK_THAT(ran.out, ContainsSubstring("[secret password of node 1]"));
  CHECK_THAT(project.folder.read(".runbook/state.db") + ran.out + ran.err,
             !ContainsSubstring("first-secret") && !ContainsSubstring("third-secret"));
}

TEST_CASE("A NodeList file that nodes cannot be told from is refused", "[crib]") {
  check_refused("http://a u@chain.link first-secret\nhttp://b u@chain.link\n",
                "wrong nodes list format: node 2 of ");
  check_refused("http://a u@chain.link first-secret\nhttp://boot u@chain.link other-secret\n",
                "the single boot node must come first: boot of ");
  check_refused("http://a u@chain.link first-secret\nhttp://a u@chain.link other-secret\n",
                "nodes.txt twice");
  check_refused("http:// u@chain.link first-secret\n", "node 1 of");
  check_refused("http:///x u@chain.link first-secret\n", "names no machine");
  check_refused("http://u:first-secret@a u@chain.link first-secret\n", "holds a login");
  check_refused("\n\n", "nodes.txt has no nodes");
}

TEST_CASE("Nodes are asked for by name of a file or of a context", "[crib]") {
  const NodesProject project;
  const Ran ran = run_runbook({"run", "r.lua", "-p", "namespace=crib-test"}, project.folder.path());
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("nothing says where the nodes are"));
}

namespace {

/// What a cluster has of a node, as kubectl prints it.
Json node_pod(const std::string& instance) {
  const auto volume = [](const std::string& map) {
    return Json{{"name", map}, {"configMap", {{"name", map}}}};
  };
  return {
      {"metadata",
       {{"name", "app-" + instance + "-0"}, {"labels", {{"app", "app"}, {"instance", instance}}}}},
      {"spec",
       {{"volumes",
         {Json{{"name", "data"}}, volume("toml-" + instance), volume("cm-" + instance)}}}}};
}

Json ingress_rule(const std::string& instance, const std::string& host) {
  const Json service = {{"name", "app-" + instance}, {"port", {{"number", 6688}}}};
  return {{"host", host},
          {"http", {{"paths", {{{"path", "/"}, {"backend", {{"service", service}}}}}}}}};
}

Json login_map(const std::string& instance) {
  return {{"kind", "ConfigMap"},
          {"metadata", {{"name", "cm-" + instance}}},
          {"data",
           {{"apicredentials", "admin@chain.link\nlong password of " + instance + "\n"},
            {"node-password", "keystore of " + instance}}}};
}

/// A kubectl that knows one namespace of one cluster.
class FakeNamespace {
 public:
  FakeNamespace() {
    const Json config = {
        {"kind", "Config"},
        {"current-context", "crib"},
        {"contexts", {{{"name", "crib"}, {"context", {{"cluster", "c"}, {"user", "u"}}}}}},
        {"clusters", {{{"name", "c"}, {"cluster", {{"server", "https://127.0.0.1:6443"}}}}}}};
    kubectl_.play("config", {"config", "view", "--minify", "--output=json", "--context=crib"},
                  config.dump());
  }
  void has(const std::string& kind, const Json& items, const std::string& selector = "") {
    std::vector<std::string> arguments = {"get", kind, "--output=json"};
    if (!selector.empty()) {
      arguments.push_back("--selector=" + selector);
    }
    play(kind, arguments, {{"kind", "List"}, {"items", items}});
  }
  void has_logins(const std::vector<std::string>& instances) {
    Json maps =
        Json::array({{{"kind", "ConfigMap"}, {"metadata", {{"name", "kube-root-ca.crt"}}}}});
    for (const std::string& instance : instances) {
      maps.push_back(login_map(instance));
      play("cm-" + instance,
           {"get", "configmap/cm-" + instance, "--output=json", "--ignore-not-found"}, maps.back());
    }
    has("configmaps", maps);
  }
  Ran run(const NodesProject& project) const {
    return run_runbook(
        {"run", "r.lua", "-p", "namespace=crib-test", "-p", "context=crib", "-o", "plain"},
        project.folder.path(), {{"PATH", kubectl_.path_variable()}});
  }

 private:
  void play(const std::string& name, const std::vector<std::string>& more, const Json& out) {
    std::vector<std::string> arguments = {"--context=crib", "--namespace=crib-test",
                                          "--request-timeout=30s"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    kubectl_.play(name, arguments, out.dump());
  }

  FakeTool kubectl_{"kubectl", std::filesystem::path(TEST_FOLDER)};
};

}  // namespace

TEST_CASE("Nodes are found in Kubernetes in natural order, with logins that nobody sees",
          "[crib]") {
  const NodesProject project;
  FakeNamespace cluster;
  cluster.has("deployments", Json::array(), "app=app");
  cluster.has("pods", {node_pod("node-10"), node_pod("node-2"), node_pod("node-1")}, "app=app");
  const Json rules = {ingress_rule("node-10", "crib-node10.example"),
                      ingress_rule("node-1", "crib-node1.example"),
                      ingress_rule("node-2", "crib-node2.example")};
  cluster.has("ingresses", Json::array({{{"spec", {{"rules", rules}}}}}));
  cluster.has_logins({"node-1", "node-2", "node-10"});
  const Ran ran = cluster.run(project);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out,
             ContainsSubstring(
                 "nodes: node-1 https://crib-node1.example app-node-1 in credentials bootstrap; "
                 "node-2 https://crib-node2.example app-node-2 in credentials oracle; "
                 "node-10 https://crib-node10.example app-node-10 in credentials oracle"));
  CHECK_THAT(project.folder.read(".runbook/state.db") + ran.out + ran.err,
             !ContainsSubstring("long password") && !ContainsSubstring("keystore of"));
}

TEST_CASE("Nodes of the later era are Deployments, told apart by their whole names", "[crib]") {
  const NodesProject project;
  FakeNamespace cluster;
  Json boot = node_pod("0-ks-wf-bt-node1");
  Json other = node_pod("0-ks-wf-node2");
  for (Json* one : {&boot, &other}) {
    *one = {{"metadata", one->at("metadata")}, {"spec", {{"template", *one}}}};
  }
  cluster.has("deployments", {other, boot}, "app=app");
  const Json rules = {ingress_rule("0-ks-wf-node2", "crib-0-ks-wf-node2.example"),
                      ingress_rule("0-ks-wf-bt-node1", "crib-0-ks-wf-bt-node1.example")};
  cluster.has("ingresses", Json::array({{{"spec", {{"rules", rules}}}}}));
  cluster.has_logins({"0-ks-wf-bt-node1", "0-ks-wf-node2"});
  const Ran ran = cluster.run(project);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("nodes: 0-ks-wf-bt-node1 https://crib-0-ks-wf-bt-node1") &&
                          ContainsSubstring("app-0-ks-wf-node2 in credentials oracle"));
}

TEST_CASE("A namespace without a cluster, or with half of one, says what is missing", "[crib]") {
  const NodesProject project;
  FakeNamespace cluster;
  cluster.has("deployments", Json::array(), "app=app");
  const auto says = [&](const std::string& sentence) {
    const Ran ran = cluster.run(project);
    INFO(ran.err);
    CHECK(ran.exit == 1);
    CHECK_THAT(ran.err, ContainsSubstring(sentence));
  };
  SECTION("no pods") {
    cluster.has("pods", Json::array(), "app=app");
    says("no chainlink node crib pods found in crib-test, is your crib cluster deployed?");
  }
  SECTION("no ingress") {
    cluster.has("pods", Json::array({node_pod("node-1")}), "app=app");
    cluster.has("ingresses", Json::array());
    says("no ingress found in crib-test, is your crib cluster deployed?");
  }
  SECTION("an ingress of another node") {
    cluster.has("pods", Json::array({node_pod("node-1")}), "app=app");
    const Json rules = Json::array({ingress_rule("node-10", "crib-node10.example")});
    cluster.has("ingresses", Json::array({{{"spec", {{"rules", rules}}}}}));
    cluster.has_logins({});
    says("could not find host for app-node-1-0");
  }
}
