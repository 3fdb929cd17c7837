#pragma once
// A devspace and a kubectl, in the context x, that answer from recorded cases what the recipes of a
// CRIB cluster's pods ask.

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "tests/cli/program.h"
#include "tests/fakes/fake_tool.h"

namespace runbook::test {

using Lines = std::vector<std::string>;

inline std::filesystem::path recorded(const std::string& family) {
  return std::filesystem::path(SOURCE_FOLDER) / "tests/modules" / family / "recorded";
}

inline std::string text_of(const std::string& family, const std::string& name) {
  return read_file(recorded(family) / name);
}

inline std::string list_of(const Json& items) {
  return Json{{"apiVersion", "v1"}, {"kind", "List"}, {"items", items}}.dump();
}

/// What is asked before anything is deployed, and how a namespace is deployed to, labelled and
/// found ready.
struct Tools {
  Tools() : devspace("devspace", recorded("devspace")), kubectl("kubectl", recorded("devspace")) {
    devspace.play({"version"});
    kubectl.play("client-version", {"version", "--client", "--output=json"},
                 text_of("kubectl", "client-version.out"));
    kubectl.play({"kubectl-view"});
    kubectl.play("view", {"config", "view", "--minify", "--output=json", "--context=x"},
                 text_of("devspace", "kubectl-view.out"));
  }

  static Lines on(const std::string& name, const Lines& more) {
    Lines all = {"--no-warn", "--kube-context=x", "--namespace=" + name, "--profile=keystone"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  static Lines in(const std::string& name, const Lines& more) {
    Lines all = {"--context=x"};
    if (!name.empty()) {
      all.push_back("--namespace=" + name);
    }
    all.emplace_back("--request-timeout=30s");
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  void deploys(const std::string& name, const Lines& flags = {}) {
    const std::string releases =
        R"({range .items[*]}{.metadata.labels.name}{"\t"}{.metadata.labels.version}{"\t"})"
        R"({.metadata.labels.status}{"\n"}{end})";
    devspace.play("print", on(name, {"print"}), text_of("devspace", "print-crib.out"));
    Lines deploy = {"deploy"};
    deploy.insert(deploy.end(), flags.begin(), flags.end());
    devspace.play("deploy", on(name, deploy), text_of("devspace", "deploy.out"));
    kubectl.play("releases",
                 {"--context=x", "get", "secrets", "--namespace=" + name, "--selector=owner=helm",
                  "--output=jsonpath=" + releases},
                 "");
    const Json ready = Json::array({{{"type", "Ready"}, {"status", "True"}}});
    const Json pod = {{"apiVersion", "v1"},
                      {"kind", "Pod"},
                      {"metadata", {{"name", "app-node-1"}, {"namespace", name}}},
                      {"status", {{"phase", "Running"}, {"conditions", ready}}}};
    kubectl.play("pods", in(name, {"get", "pods", "--selector=app=app", "--output=json"}),
                 list_of(Json::array({pod})));
    const Json rule = {{"host", name + "-node1.example.test"}};
    const Json ingress = {{"apiVersion", "networking.k8s.io/v1"},
                          {"kind", "Ingress"},
                          {"metadata", {{"name", "app"}, {"namespace", name}}},
                          {"spec", {{"rules", Json::array({rule})}}}};
    kubectl.play("ingresses", in(name, {"get", "ingresses", "--output=json"}),
                 list_of(Json::array({ingress})));
    labels(name, "2130-01-31T120000Z");
  }
  void labels(const std::string& name, const std::string& until) {
    kubectl.play("label",
                 in("", {"label", "namespace/" + name, "--overwrite",
                         "cleanup.kyverno.io/ttl=" + until, "network=crib"}),
                 "namespace/" + name + " labeled\n");
  }
  /// Its pods are gone already: the nodes can tell nothing of their accounts.
  void purges(const std::string& name, const std::string& next) {
    for (const char* kind : {"deployments", "pods"}) {
      kubectl.play(kind, in(name, {"get", kind, "--output=json", "--selector=app=app"}),
                   list_of(Json::array()));
    }
    devspace.play("purge", on(name, {"purge"}), text_of("devspace", "purge.out"));
    kubectl.play("delete",
                 {"--context=x", "delete", "--wait=true", "--timeout=900s", "--ignore-not-found",
                  "--output=name", "namespace/" + name},
                 "");
    kubectl.play("no-namespace",
                 in("", {"get", "namespace/" + next, "--output=json", "--ignore-not-found"}), "");
    kubectl.play("create", in("", {"create", "--filename=-"}), "namespace/" + next + " created\n");
  }

  FakeTool devspace;
  FakeTool kubectl;
};

inline const Environment kSettings = {
    {"KEYSTONE_ETH_HTTP_URL", "http://127.0.0.1:9"},
    {"KEYSTONE_ETH_WS_URL", "ws://127.0.0.1:9"},
    {"DEVSPACE_IMAGE", "example.test/chainlink"},
    {"DEVSPACE_INGRESS_CIDRS", "10.0.0.0/8"},
    {"DEVSPACE_INGRESS_BASE_DOMAIN", "example.test"},
    {"DEVSPACE_INGRESS_CERT_ARN", "arn:example"},
    {"CHAINLINK_CLUSTER_HELM_CHART_URI", "oci://example.test/chart"},
    {"DEVSPACE_NAMESPACE", "crib-a"}};

}  // namespace runbook::test
