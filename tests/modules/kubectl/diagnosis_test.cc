#include "modules/kubectl/diagnosis.h"

#include "engine/base/file.h"
#include "modules/kubectl/words.h"
#include "tests/modules/kubectl/kubectl_calls.h"

using namespace runbook;
using namespace runbook::test;

namespace {

std::string part_of(const std::string& name, const std::string& part) {
  const std::filesystem::path file = recorded_kubectl() / (name + part);
  return std::filesystem::exists(file) ? read_file(file) : std::string();
}

Error diagnosed(const std::string& name) {
  return kubectl::diagnose({.command = "kubectl " + name,
                            .out = part_of(name, ".out"),
                            .err = part_of(name, ".err"),
                            .exit = std::stoi(part_of(name, ".rc"))});
}

struct Expected {
  std::string name;
  Code code;
  std::string message;  ///< behind "kubectl NAME: "
};

void expect(const std::vector<Expected>& all) {
  for (const Expected& one : all) {
    INFO(one.name);
    const Error error = diagnosed(one.name);
    CHECK(code_text(error.code) == code_text(one.code));
    CHECK(error.message == "kubectl " + one.name + ": " + one.message);
    CHECK(error.detail.at("exit") == 1);
  }
}

Error said(const std::string& words) {
  return kubectl::diagnose({.command = "kubectl get", .out = {}, .err = words, .exit = 1});
}

}  // namespace

TEST_CASE("kubectl's failures on the way to the cluster become sentences", "[kubectl]") {
  expect({{"get-unreachable", Code::kubernetes_unreachable,
           "the cluster did not answer: The connection to the server 127.0.0.1:1 was refused - did "
           "you specify the right host or port?"},
          {"apply-unreachable", Code::kubernetes_unreachable,
           "the cluster did not answer: error validating \"manifests/web.yaml\": error validating "
           "data: failed to download openapi: Get \"https://127.0.0.1:1/openapi/v2?timeout=30s\": "
           "dial tcp 127.0.0.1:1: connect: connection refused; if you choose to ignore these "
           "errors, turn validation off with --validate=false"},
          {"get-untrusted", Code::kubernetes_unreachable,
           "the cluster's certificate is not trusted: Unable to connect to the server: tls: failed "
           "to verify certificate: x509: certificate signed by unknown authority"},
          {"get-unauthorized", Code::kubernetes_unauthorized,
           "the cluster does not accept the login: You must be logged in to the server "
           "(Unauthorized)"},
          {"get-forbidden", Code::kubernetes_forbidden,
           "the cluster does not allow it: deployments.apps \"web\" is forbidden: User \"nobody\" "
           "cannot get resource \"deployments\" in API group \"apps\" in the namespace \"web\""},
          {"get-unknown-context", Code::kubernetes_context,
           "the kubeconfig has no such context: context \"nope\" does not exist"},
          {"config-view-unknown", Code::kubernetes_context,
           "the kubeconfig has no such context: cannot locate context nope"},
          {"config-view-none", Code::kubernetes_context,
           "the kubeconfig has no current context: current-context must exist in order to minify"},
          {"current-context-none", Code::kubernetes_context,
           "the kubeconfig has no current context: current-context is not set"}});
}

TEST_CASE("kubectl's refusals of what was asked become sentences that name the object",
          "[kubectl]") {
  expect(
      {{"get-unknown-type", Code::kubernetes_type_unknown,
        "the cluster does not know this kind of object: the server doesn't have a resource type "
        "\"nosuchthing\""},
       {"label-missing", Code::kubernetes_not_found,
        "the cluster does not have it: namespaces \"nope\" not found"},
       {"apply-no-namespace", Code::kubernetes_not_found,
        "the cluster does not have it: error when creating \"manifests/web.yaml\": namespaces "
        "\"web\" not found"},
       {"namespace-exists", Code::kubernetes_exists,
        "it exists already: error when creating \"STDIN\": namespaces \"web\" already exists"},
       {"label-conflict", Code::kubernetes_conflict,
        "the key has another value: 'cleanup.kyverno.io/ttl' already has a value (72h), and "
        "--overwrite is false"},
       {"apply-conflict", Code::kubernetes_conflict,
        "somebody else manages the field: Apply failed with 1 conflict: conflict with \"one\": "
        ".data.colour"},
       {"patch-bound", Code::kubernetes_conflict,
        "somebody else changed it meanwhile: Operation cannot be fulfilled on deployments.apps "
        "\"web\": the object has been modified; please apply your changes to the latest version "
        "and try again"},
       {"patch-test", Code::kubernetes_invalid,
        "the cluster refuses a field: The request is invalid: the server rejected our request due "
        "to an error in our request"},
       {"secret-immutable", Code::kubernetes_invalid,
        "the cluster refuses a field: The Secret \"token\" is invalid: data: Forbidden: field is "
        "immutable when `immutable` is set"},
       {"list-bad-field", Code::kubernetes_invalid,
        "the cluster cannot read it: Unable to find \"/v1, Resource=pods\" that match label "
        "selector \"\", field selector \"status.nope=1\": field label not supported: status.nope"},
       {"delete-held", Code::kubernetes_not_ready,
        "it did not happen in time: timed out waiting for the condition on configmaps/held"},
       {"apply-terminating", Code::kubernetes_terminating,
        "the namespace is being deleted: error when creating \"manifests/web.yaml\": "
        "deployments.apps \"web\" is forbidden: unable to create new content in namespace web "
        "because it is being terminated"}});
}

TEST_CASE("A manifest that cannot be applied says where, and what to correct", "[kubectl]") {
  expect({{"apply-no-file", Code::file_not_found,
           "a file is missing: the path \"manifests/none.yaml\" does not exist"},
          {"apply-broken", Code::kubernetes_invalid,
           "the manifest cannot be read: error parsing manifests/broken.yaml: error converting "
           "YAML to JSON: yaml: line 1: did not find expected node content"},
          {"apply-nothing", Code::kubernetes_invalid,
           "there is no manifest in it: no objects passed to apply"},
          {"apply-unknown-kind", Code::kubernetes_type_unknown,
           "the cluster does not know this kind of object: resource mapping not found for name: "
           "\"x\" namespace: \"\" from \"STDIN\": no matches for kind \"Nope\" in version \"v1\""},
          {"apply-unknown-field", Code::kubernetes_invalid,
           "the cluster cannot read it: error when creating \"STDIN\": ConfigMap in version \"v1\" "
           "cannot be handled as a ConfigMap: strict decoding error: unknown field \"date\""},
          {"apply-elsewhere", Code::kubernetes_invalid,
           "a manifest names another namespace: the namespace from the provided object "
           "\"elsewhere\" does not match the namespace \"web\". You must pass "
           "'--namespace=elsewhere' to perform this operation."}});
  CHECK_THAT(diagnosed("apply-partly").message,
             ContainsSubstring("The Service \"X_y\" is invalid: metadata.name: Invalid value") &&
                 ContainsSubstring("; spec.ports[0].port: Invalid value: 99999: must be between"));
}

TEST_CASE("What the cluster repeats of a Secret is in no message and no line", "[kubectl]") {
  for (const char* name : {"secret-stale", "secret-bad-patch", "patch-bad"}) {
    INFO(name);
    const Error error = diagnosed(name);
    const std::string all = error.message + error.detail.dump();
    CHECK_THAT(all, !ContainsSubstring("value-of-now") && !ContainsSubstring("a-token-of-old") &&
                        !ContainsSubstring("apiVersion"));
  }
  CHECK(diagnosed("secret-stale").message ==
        "kubectl secret-stale: somebody else changed it meanwhile: \"STDIN\": error when patching "
        "\"STDIN\": Operation cannot be fulfilled on secrets \"token\": the object has been "
        "modified; please apply your changes to the latest version and try again");
  CHECK(diagnosed("secret-bad-patch").message ==
        "kubectl secret-bad-patch: the cluster refuses a field: The request is invalid: patch: "
        "Invalid value: (redacted): json: cannot unmarshal number into Go struct field "
        "Secret.data of type []uint8");
  CHECK(kubectl::without_objects("{\"data\":{}}") == "(redacted)");
}

TEST_CASE("Another try is worth it where the cluster was busy or did not answer", "[kubectl]") {
  CHECK(diagnosed("get-unreachable").transient);
  CHECK(diagnosed("get-unreachable").effect == EffectDone::none);
  CHECK(diagnosed("patch-bound").transient);
  CHECK_FALSE(diagnosed("get-untrusted").transient);
  CHECK_FALSE(diagnosed("get-unauthorized").transient);
  for (const char* words :
       {"Unable to connect to the server: dial tcp: lookup cluster.example on 10.0.0.1:53: no "
        "such host",
        "Unable to connect to the server: net/http: TLS handshake timeout",
        "Error from server (TooManyRequests): the server has received too many requests and has "
        "asked us to try again later",
        "Error from server (ServiceUnavailable): the server is currently unable to handle the "
        "request"}) {
    INFO(words);
    CHECK(said(words).code == Code::kubernetes_unreachable);
    CHECK(said(words).transient);
    CHECK(said(words).effect == EffectDone::none);
  }
}

TEST_CASE("A request without an answer may have been carried out", "[kubectl]") {
  for (const char* words :
       {"Error from server: etcdserver: leader changed",
        "Error from server (Timeout): Timeout: request did not complete within requested timeout",
        "Unable to connect to the server: context deadline exceeded (Client.Timeout exceeded while "
        "awaiting headers)",
        "error: http2: client connection lost", "error: read tcp: connection reset by peer",
        "Error from server (InternalError): Internal error occurred: failed calling webhook"}) {
    INFO(words);
    CHECK(said(words).code == Code::kubernetes_unreachable);
    CHECK(said(words).transient);
    CHECK(said(words).effect == EffectDone::unknown);
  }
}

TEST_CASE("A login program that fails, and words that nobody knows, are told as they are",
          "[kubectl]") {
  CHECK(said("Unable to connect to the server: getting credentials: exec: executable aws failed "
             "with exit code 255")
            .code == Code::kubernetes_unauthorized);
  CHECK(said("error: unknown flag: --new").code == Code::tool_version);
  CHECK(said("error: a resource cannot be retrieved by name across all namespaces").code ==
        Code::option_invalid);
  const Error error = said("error: something else\n");
  CHECK(error.code == Code::tool_failed);
  CHECK_THAT(error.message, ContainsSubstring("error: something else"));
}
