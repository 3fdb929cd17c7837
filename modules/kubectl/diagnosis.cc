#include "modules/kubectl/diagnosis.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "engine/base/shown_text.h"
#include "engine/base/utf8.h"
#include "modules/kubectl/words.h"

namespace runbook::kubectl {

namespace {

constexpr std::size_t kMostOfMessage = 600;

/// Words of kubectl, and what they mean. Of two rows that fit a line the first counts. An empty
/// hint is that of the code.
struct Row {
  std::string_view words;
  Code code;
  std::string_view sentence;
  std::string_view hint = {};
  bool transient = false;
  EffectDone effect = EffectDone::none;
};

constexpr std::string_view kNoAnswer = "the cluster did not answer";
constexpr std::string_view kBusy = "the cluster could not do it now";

/// A request that was sent and has no answer may have been carried out.
constexpr Row lost(std::string_view words, std::string_view sentence = kNoAnswer) {
  return {words, Code::kubernetes_unreachable, sentence, {}, true, EffectDone::unknown};
}

constexpr Row unsent(std::string_view words) {
  return {words, Code::kubernetes_unreachable, kNoAnswer, {}, true};
}

constexpr std::array kRows{
    // The kubeconfig
    Row{"context was not found for specified context", Code::kubernetes_context,
        "the kubeconfig has no such context"},
    Row{"no context exists with the name", Code::kubernetes_context,
        "the kubeconfig has no such context"},
    Row{"cannot locate context", Code::kubernetes_context, "the kubeconfig has no such context"},
    Row{"error: context \"", Code::kubernetes_context, "the kubeconfig has no such context"},
    Row{"current-context is not set", Code::kubernetes_context,
        "the kubeconfig has no current context", "kubectl config use-context NAME"},
    Row{"must exist in order to minify", Code::kubernetes_context,
        "the kubeconfig has no current context", "kubectl config use-context NAME"},
    Row{"error loading config file", Code::kubernetes_context, "the kubeconfig cannot be read"},
    Row{"invalid configuration", Code::kubernetes_context, "the kubeconfig is not valid"},
    // Who asks
    Row{"getting credentials", Code::kubernetes_unauthorized,
        "the login that the kubeconfig runs has failed"},
    Row{"You must be logged in to the server", Code::kubernetes_unauthorized,
        "the cluster does not accept the login"},
    Row{"Unauthorized", Code::kubernetes_unauthorized, "the cluster does not accept the login"},
    // A namespace that goes away
    Row{"because it is being terminated", Code::kubernetes_terminating,
        "the namespace is being deleted"},
    Row{"object is being deleted", Code::kubernetes_terminating, "it is being deleted"},
    // What another try may mend
    Row{"Too Many Requests", Code::kubernetes_unreachable, kBusy, {}, true},
    Row{"too many requests", Code::kubernetes_unreachable, kBusy, {}, true},
    Row{"(TooManyRequests)", Code::kubernetes_unreachable, kBusy, {}, true},
    Row{"(ServiceUnavailable)", Code::kubernetes_unreachable, kBusy, {}, true},
    Row{"currently unable to handle the request", Code::kubernetes_unreachable, kBusy, {}, true},
    lost("etcdserver:", kBusy), lost("failed calling webhook", kBusy), lost("(Timeout)", kBusy),
    lost("(ServerTimeout)", kBusy), lost("(InternalError)", kBusy),
    // The way there
    Row{"x509:", Code::kubernetes_unreachable, "the cluster's certificate is not trusted",
        "correct certificate-authority of the cluster in the kubeconfig, or its address"},
    unsent("connection refused"), unsent("was refused"), unsent("no such host"),
    unsent("network is unreachable"), unsent("no route to host"), unsent("TLS handshake timeout"),
    lost("i/o timeout"), lost("deadline exceeded"), lost("Client.Timeout"),
    lost("connection reset by peer"), lost("connection lost"), lost("unexpected EOF"),
    lost("Unable to connect to the server"), lost("net/http:"), lost(": EOF"),
    // What was asked for
    Row{"terminated with exit code", Code::kubernetes_exec_failed,
        "the command in the container failed"},
    Row{"doesn't have a resource type", Code::kubernetes_type_unknown,
        "the cluster does not know this kind of object"},
    Row{"no matches for kind", Code::kubernetes_type_unknown,
        "the cluster does not know this kind of object",
        "apply the CustomResourceDefinition first, or correct apiVersion and kind"},
    Row{"timed out waiting for the condition", Code::kubernetes_not_ready,
        "it did not happen in time"},
    Row{"already exists", Code::kubernetes_exists, "it exists already"},
    Row{"the object has been modified", Code::kubernetes_conflict,
        "somebody else changed it meanwhile", "runbook resume tries again", true},
    Row{"Apply failed with", Code::kubernetes_conflict, "somebody else manages the field",
        "look at who: kubectl get … --show-managed-fields; then force_conflicts = true if it is "
        "meant"},
    Row{"already has a value", Code::kubernetes_conflict, "the key has another value",
        "overwrite = true replaces it"},
    Row{"(Conflict)", Code::kubernetes_conflict, "somebody else changed it meanwhile", {}, true},
    Row{"does not match the namespace", Code::kubernetes_invalid,
        "a manifest names another namespace",
        "cluster:in_namespace(\"…\"), or all_namespaces = true: each goes where it says"},
    Row{"by name across all namespaces", Code::option_invalid, "it is in a namespace",
        "name the namespace instead of all_namespaces = true"},
    Row{"does not exist", Code::file_not_found, "a file is missing",
        "paths are relative to the project root"},
    Row{"is invalid", Code::kubernetes_invalid, "the cluster refuses a field"},
    Row{"(Invalid)", Code::kubernetes_invalid, "the cluster refuses a field"},
    Row{"(BadRequest)", Code::kubernetes_invalid, "the cluster cannot read it"},
    Row{"error parsing", Code::kubernetes_invalid, "the manifest cannot be read"},
    Row{"error validating", Code::kubernetes_invalid, "the manifest is not valid"},
    Row{"cannot be handled as", Code::kubernetes_invalid, "the cluster cannot read it"},
    Row{"no objects passed to", Code::kubernetes_invalid, "there is no manifest in it"},
    Row{"unable to find specified revision", Code::kubernetes_not_found, "it has no such revision",
        "kubectl rollout history lists them"},
    Row{"no rollout history found", Code::kubernetes_not_found, "it has no earlier revision"},
    // After all the others, whose words may stand in the same line
    Row{"(Forbidden)", Code::kubernetes_forbidden, "the cluster does not allow it"},
    Row{"is forbidden", Code::kubernetes_forbidden, "the cluster does not allow it"},
    Row{"(NotFound)", Code::kubernetes_not_found, "the cluster does not have it"},
    Row{"not found", Code::kubernetes_not_found, "the cluster does not have it"},
    Row{"unknown flag", Code::tool_version, "this kubectl is too old or too new for it"},
    Row{"unknown command", Code::tool_version, "this kubectl is too old or too new for it"}};

/// "Error from server (NotFound): deployments.apps …" → "deployments.apps …".
std::string_view without_prefix(std::string_view line) {
  constexpr std::string_view kServer = "Error from server";
  for (const std::string_view prefix : {std::string_view("Error in configuration: "),
                                        std::string_view("error: "), std::string_view("Error: ")}) {
    if (line.starts_with(prefix)) {
      return line.substr(prefix.size());
    }
  }
  const std::size_t colon = line.find(": ");
  return line.starts_with(kServer) && colon != std::string_view::npos ? line.substr(colon + 2)
                                                                      : line;
}

/// The line with the points of the list that follows it.
std::string words_at(const std::vector<std::string>& lines, std::size_t at) {
  std::string words(trimmed(without_prefix(lines[at])));
  for (std::size_t i = at + 1; i < lines.size() && lines[i].starts_with("* "); ++i) {
    words += (i == at + 1 ? " " : "; ") + lines[i].substr(2);
  }
  return one_line(words, kMostOfMessage);
}

const Row* row_of(std::string_view line) {
  const auto row = std::ranges::find_if(kRows, [&](const Row& candidate) {
    return line.find(candidate.words) != std::string_view::npos;
  });
  return row == kRows.end() ? nullptr : &*row;
}

}  // namespace

Error diagnose(const tool::Failure& failure) {
  const std::vector<std::string> lines =
      telling_lines(failure.err.empty() ? failure.out : failure.err);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (const Row* row = row_of(lines[i])) {
      Error error(row->code,
                  fmt::format("{}: {}: {}", failure.command, row->sentence, words_at(lines, i)),
                  std::string(row->hint), {{"exit", failure.exit}, {"lines", lines}});
      error.with_transient(row->transient).with_effect(row->effect);
      return error;
    }
  }
  return tool::unclassified(failure);
}

}  // namespace runbook::kubectl
