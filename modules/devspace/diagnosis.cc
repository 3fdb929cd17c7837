#include "modules/devspace/diagnosis.h"

#include <fmt/core.h>

#include <array>
#include <optional>
#include <utility>

#include "engine/base/shown_text.h"
#include "modules/devspace/output.h"

namespace runbook::devspace {

namespace {

struct Reading {
  Code code;
  std::string message;
  std::string hint{};
  bool transient = false;
};

/// Words by which a failure of the cluster is known, whichever tool was told it.
struct ClusterPhrase {
  std::string_view text;
  Code code;
};
constexpr std::array<ClusterPhrase, 16> kClusterPhrases{{
    {"context was not found for specified context", Code::kubernetes_context},
    {"cannot locate context", Code::kubernetes_context},
    {"error: context \"", Code::kubernetes_context},
    {"Error loading kube config", Code::kubernetes_context},
    {"kube config is invalid", Code::kubernetes_context},
    {"error loading config file", Code::kubernetes_context},
    {"You must be logged in to the server", Code::kubernetes_unauthorized},
    {"Unauthorized", Code::kubernetes_unauthorized},
    {"(Forbidden)", Code::kubernetes_forbidden},
    {" is forbidden: ", Code::kubernetes_forbidden},
    {"connection refused", Code::kubernetes_unreachable},
    {" was refused - did you specify", Code::kubernetes_unreachable},
    {"Unable to connect to the server", Code::kubernetes_unreachable},
    {"Kubernetes cluster unreachable", Code::kubernetes_unreachable},
    {"no such host", Code::kubernetes_unreachable},
    {"i/o timeout", Code::kubernetes_unreachable},
}};

std::string context_words(const Place& place) {
  return place.context.empty() ? "the current context" : "context " + place.context;
}

Reading cluster_reading(Code code, const std::string& said, const Place& place) {
  const std::string where = context_words(place);
  switch (code) {
    case Code::kubernetes_context:
      return {code, fmt::format("the kubeconfig has no usable {}: {}", where, said),
              "kubectl config get-contexts lists them; kubeconfig = names another file"};
    case Code::kubernetes_unauthorized:
      return {code, fmt::format("the cluster of {} does not know who asks: {}", where, said),
              fmt::format("log in again, see: {} auth whoami", place.kubectl)};
    case Code::kubernetes_forbidden:
      return {code, fmt::format("the cluster of {} does not allow it: {}", where, said),
              fmt::format("ask for that right, see: {} auth can-i --list", place.kubectl)};
    default:
      return {code, fmt::format("the cluster of {} does not answer: {}", where, said),
              fmt::format("see: {} get --raw=/readyz; then runbook resume", place.kubectl), true};
  }
}

std::optional<Reading> of_cluster(const std::string& said, const Place& place) {
  for (const ClusterPhrase& phrase : kClusterPhrases) {
    if (said.find(phrase.text) != std::string::npos) {
      return cluster_reading(phrase.code, one_line(said, 300), place);
    }
  }
  return std::nullopt;
}

/// Words of devspace itself. The message is ours; what devspace said stands behind it.
struct OwnPhrase {
  std::string_view text;
  Code code;
  std::string_view message;
  std::string_view hint;
};
constexpr std::array<OwnPhrase, 11> kOwnPhrases{{
    {"Cannot find a devspace.yaml", Code::devspace_config, "there is no devspace.yaml",
     "cwd = \"the folder that has it\""},
    {"Unrecognized config version", Code::devspace_config, "devspace.yaml is of another version",
     "correct its first line, or install the devspace that reads it"},
    {"couldn't find command", Code::devspace_unknown, "devspace.yaml has no such command",
     "devspace list commands shows them"},
    {"couldn't find pipeline", Code::devspace_unknown, "devspace.yaml has no such pipeline",
     "see pipelines: in devspace.yaml"},
    {"Couldn't find profile", Code::devspace_unknown, "devspace.yaml has no such profile",
     "devspace list profiles shows them"},
    {"unknown flag", Code::devspace_unknown, "the pipeline has no such flag",
     "see flags: of the pipeline in devspace.yaml"},
    {"unknown shorthand flag", Code::devspace_unknown, "the pipeline has no such flag",
     "see flags: of the pipeline in devspace.yaml"},
    {"couldn't find environment variable", Code::devspace_variable,
     "a variable that devspace.yaml needs is not set", "env = { NAME = … }"},
    {"annot ask question", Code::devspace_variable,
     "a variable that devspace.yaml needs is not set, and nobody can be asked",
     "vars = { NAME = … }"},
    {"parse variables", Code::devspace_config, "devspace.yaml cannot be read",
     "correct what the message names"},
    {"error parsing", Code::devspace_config, "devspace.yaml cannot be read",
     "correct what the message names"},
}};

std::optional<Reading> of_devspace(const std::string& said) {
  for (const OwnPhrase& phrase : kOwnPhrases) {
    if (said.find(phrase.text) != std::string::npos) {
      return Reading{phrase.code, fmt::format("{}: {}", phrase.message, one_line(said, 300)),
                     std::string(phrase.hint)};
    }
  }
  if (said.find("another DevSpace instance active") != std::string::npos) {
    return Reading{Code::devspace_failed,
                   "another devspace is at work on this project in the namespace",
                   "wait until it has ended, then runbook resume", true};
  }
  return std::nullopt;
}

/// Why helm did not take a deployment.
Reading of_helm(const FailedDeployment& failed, const Place& place) {
  const std::string said = fmt::format("{} was not deployed: {}", failed.name, failed.reason);
  const std::string kubectl = fmt::format("{} -n {}", place.kubectl, shell_word(place.space));
  const auto has = [&](std::string_view words) {
    return failed.reason.find(words) != std::string::npos;
  };
  if (has("another operation (install/upgrade/rollback) is in progress")) {
    return {Code::devspace_pending,
            fmt::format("{}: a helm upgrade of it runs elsewhere, or was cut off", said),
            fmt::format("see: {} get secrets -l owner=helm,status!=superseded --show-labels; then "
                        "runbook resume",
                        kubectl),
            true};
  }
  if (has("context deadline exceeded") || has("timed out waiting for the condition")) {
    return {Code::devspace_failed, said + " (its pods were not ready in helm's time)",
            fmt::format("see: {} get pods; {} get events; then runbook resume", kubectl, kubectl)};
  }
  if (failed.reason.starts_with("path ") && has("not found")) {
    return {Code::devspace_config, said, "correct the chart's path in devspace.yaml"};
  }
  if (has("cannot unmarshal") || has("cannot be handled as a")) {
    return {Code::devspace_failed, said,
            "a value has the wrong type, as one does whose variable is not set: devspace print"};
  }
  if (const std::optional<Reading> cluster = of_cluster(failed.reason, place)) {
    return *cluster;
  }
  return {Code::devspace_failed, said};
}

/// What devspace gave as its reason: where that is "exit status 1", what a program of the pipeline
/// said last.
std::string said_last(const tool::Failure& failure) {
  const std::string fatal = fatal_text(failure.err);
  if (!fatal.empty() && !fatal.starts_with("exit status ")) {
    return fatal;
  }
  const std::string other = tool::last_line(before_fatal(failure.err));
  return other.empty() ? tool::last_line(without_greeting(failure.out)) : other;
}

Reading reading_of(const tool::Failure& failure, const Place& place) {
  if (const std::string client = client_warning(failure.err); !client.empty()) {
    return of_cluster(client, place)
        .value_or(cluster_reading(Code::kubernetes_context, client, place));
  }
  if (const std::optional<FailedDeployment> failed = failed_deployment(failure.out)) {
    return of_helm(*failed, place);
  }
  const std::string said = said_last(failure);
  if (const std::optional<Reading> own = of_devspace(said)) {
    return *own;
  }
  if (is_fatal(failure.err)) {
    if (const std::optional<Reading> cluster = of_cluster(said, place)) {
      return *cluster;
    }
  }
  return {Code::devspace_failed,
          fmt::format("{} ended with exit status {}{}{}", failure.command, failure.exit,
                      said.empty() ? "" : ": ", one_line(said, 300))};
}

Error error_of(Reading reading, const tool::Failure& failure) {
  Json detail{{"command", failure.command}, {"exit", failure.exit}};
  return Error(reading.code, std::move(reading.message), std::move(reading.hint), std::move(detail))
      .with_transient(reading.transient)
      .with_effect(EffectDone::none);
}

}  // namespace

bool is_fatal(const std::string& err) {
  return !fatal_text(err).empty() || !client_warning(err).empty();
}

Error diagnose(const tool::Failure& failure, const Place& place) {
  return error_of(reading_of(failure, place), failure);
}

Error diagnose_kubectl(const tool::Failure& failure, const Place& place) {
  const std::string said = tool::last_line(failure.err);
  std::optional<Reading> cluster = of_cluster(said, place);
  return cluster ? error_of(std::move(*cluster), failure) : tool::unclassified(failure);
}

}  // namespace runbook::devspace
