#include "modules/kubectl/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/base/error.h"

namespace runbook::kubectl {

namespace {

bool equal_but_for_case(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, [](unsigned char left, unsigned char right) {
    return std::tolower(left) == std::tolower(right);
  });
}

bool is_true(const Json& condition) {
  return text_at(condition, "/status") == "True";
}

/// "Failed: BackoffLimitExceeded: Job has reached …"
std::string words_of(const Json& condition) {
  std::string text = text_at(condition, "/type");
  if (text_at(condition, "/status") != "True") {
    text += " is " + text_at(condition, "/status");
  }
  for (const char* part : {"/reason", "/message"}) {
    const std::string word = text_at(condition, part);
    text += word.empty() ? "" : ": " + word;
  }
  return text;
}

/// Why a pod or a job never gets what is waited for.
std::string last_word(const Json& object, const Condition& wanted) {
  const std::string kind = text_at(object, "/kind");
  if (kind == "Job" && equal_but_for_case(wanted.type, "Complete") && wanted.status == "True") {
    const Json failed = named_condition(object, "Failed");
    return is_true(failed) ? "the job has failed: " + words_of(failed) : "";
  }
  const std::string phase = text_at(object, "/status/phase");
  const bool is_ended = phase == "Failed" || phase == "Succeeded";
  if (kind == "Pod" && is_ended && equal_but_for_case(wanted.type, "Ready") &&
      equal_but_for_case(wanted.status, "True")) {
    const std::string reason = text_at(object, "/status/reason");
    return fmt::format("the pod has ended: it is {}{}", phase, reason.empty() ? "" : ", " + reason);
  }
  return "";
}

bool is_observed(const Json& object) {
  return number_at(object, "/status/observedGeneration") >=
         number_at(object, "/metadata/generation");
}

Progress not_yet(std::string why) {
  return {.why = std::move(why)};
}

/// The controller says itself when it keeps pods from being made: quotas, webhooks.
std::string with_failure(std::string why, const Json& object) {
  const Json failure = named_condition(object, "ReplicaFailure");
  return is_true(failure) ? why + "; " + words_of(failure) : why;
}

Progress deployment_rollout(const Json& object) {
  const Json progressing = named_condition(object, "Progressing");
  if (text_at(progressing, "/reason") == "ProgressDeadlineExceeded") {
    return {.is_over = true, .why = with_failure("it has exceeded its progress deadline", object)};
  }
  const std::int64_t wanted = number_at(object, "/spec/replicas", 1);
  const std::int64_t updated = number_at(object, "/status/updatedReplicas");
  const std::int64_t all = number_at(object, "/status/replicas");
  const std::int64_t available = number_at(object, "/status/availableReplicas");
  if (updated < wanted) {
    return not_yet(
        with_failure(fmt::format("{} of {} new replicas are updated", updated, wanted), object));
  }
  if (all > updated) {
    return not_yet(fmt::format("{} old replicas are still to end", all - updated));
  }
  if (available < updated) {
    return not_yet(fmt::format("{} of {} updated replicas are available", available, updated));
  }
  return {.is_done = true};
}

Progress daemon_set_rollout(const Json& object) {
  const std::int64_t wanted = number_at(object, "/status/desiredNumberScheduled");
  const std::int64_t updated = number_at(object, "/status/updatedNumberScheduled");
  const std::int64_t available = number_at(object, "/status/numberAvailable");
  if (updated < wanted) {
    return not_yet(fmt::format("{} of {} pods are updated", updated, wanted));
  }
  if (available < wanted) {
    return not_yet(fmt::format("{} of {} updated pods are available", available, wanted));
  }
  return {.is_done = true};
}

Progress stateful_set_rollout(const Json& object) {
  const std::int64_t wanted = number_at(object, "/spec/replicas", 1);
  const std::int64_t updated = number_at(object, "/status/updatedReplicas");
  const std::int64_t ready = number_at(object, "/status/readyReplicas");
  const std::int64_t kept = number_at(object, "/spec/updateStrategy/rollingUpdate/partition");
  if (ready < wanted) {
    return not_yet(fmt::format("{} of {} pods are ready", ready, wanted));
  }
  if (kept > 0) {
    return updated < wanted - kept
               ? not_yet(fmt::format("{} of {} pods are updated", updated, wanted - kept))
               : Progress{.is_done = true};
  }
  if (text_at(object, "/status/updateRevision") != text_at(object, "/status/currentRevision")) {
    return not_yet(fmt::format("{} of {} pods are updated", updated, wanted));
  }
  return {.is_done = true};
}

std::string label_list(const Json& labels) {
  std::vector<std::string> terms;
  for (const auto& [key, value] : labels.items()) {
    terms.push_back(key + "=" + value.get<std::string>());
  }
  return fmt::format("{}", fmt::join(terms, ","));
}

std::string expression_term(const Json& expression) {
  const std::string key = text_at(expression, "/key");
  const std::string how = text_at(expression, "/operator");
  const auto values = expression.value("values", std::vector<std::string>());
  if (how == "In" || how == "NotIn") {
    return fmt::format("{} {} ({})", key, how == "In" ? "in" : "notin", fmt::join(values, ","));
  }
  return how == "Exists" ? key : "!" + key;
}

}  // namespace

Condition condition_from(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return {.type = std::string(text)};
  }
  return {.type = std::string(text.substr(0, equals)),
          .status = std::string(text.substr(equals + 1))};
}

Json named_condition(const Json& object, std::string_view type) {
  for (const Json& condition : at_path(object, "/status/conditions")) {
    if (equal_but_for_case(text_at(condition, "/type"), type)) {
      return condition;
    }
  }
  return nullptr;
}

Progress condition_of(const Json& object, const Condition& wanted) {
  if (const std::string word = last_word(object, wanted); !word.empty()) {
    return {.is_over = true, .why = word};
  }
  const Json condition = named_condition(object, wanted.type);
  if (condition.is_null()) {
    return not_yet(fmt::format("it has no condition {} yet", wanted.type));
  }
  const std::int64_t observed = number_at(
      condition, "/observedGeneration",
      number_at(object, "/status/observedGeneration", number_at(object, "/metadata/generation")));
  if (observed < number_at(object, "/metadata/generation")) {
    return not_yet("its last change is not observed yet");
  }
  const std::string status = text_at(condition, "/status");
  if (equal_but_for_case(status, wanted.status)) {
    return {.is_done = true, .value = status};
  }
  return not_yet(with_failure(words_of(condition), object));
}

Progress rollout_of(const Json& object) {
  using Rollout = Progress (*)(const Json&);
  static constexpr std::array<std::pair<std::string_view, Rollout>, 3> kRollouts{
      {{"Deployment", deployment_rollout},
       {"DaemonSet", daemon_set_rollout},
       {"StatefulSet", stateful_set_rollout}}};
  const std::string kind = text_at(object, "/kind");
  const auto* const found =
      std::ranges::find(kRollouts, kind, &decltype(kRollouts)::value_type::first);
  if (found == kRollouts.end()) {
    refuse(Code::option_invalid, fmt::format("a {} is not rolled out", kind),
           "deployment/…, statefulset/… and daemonset/… are");
  }
  const std::string strategy = text_at(object, "/spec/updateStrategy/type");
  if (strategy == "OnDelete") {
    refuse(Code::option_invalid, "its update strategy is OnDelete: nothing rolls out by itself",
           "delete its pods, then kubectl.wait for them");
  }
  return is_observed(object) ? found->second(object)
                             : not_yet("its last change is not observed yet");
}

std::string pod_selector_of(const Json& object) {
  static constexpr std::array<std::string_view, 6> kKeepers{
      "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController"};
  const Json selector = at_path(object, "/spec/selector");
  if (!selector.is_object() ||
      std::ranges::find(kKeepers, text_at(object, "/kind")) == kKeepers.end()) {
    return "";
  }
  if (text_at(object, "/kind") == "ReplicationController") {
    return label_list(selector);
  }
  std::string terms = label_list(selector.value("matchLabels", Json::object()));
  for (const Json& expression : selector.value("matchExpressions", Json::array())) {
    terms += (terms.empty() ? "" : ",") + expression_term(expression);
  }
  return terms;
}

Json newest_pods(const Json& object, const Json& found) {
  const std::string revision = text_at(object, kRevisionAnnotation);
  std::string hash;
  Json pods = Json::array();
  for (const Json& item : found) {
    const bool is_newest = text_at(item, "/kind") == "ReplicaSet" &&
                           text_at(item, kRevisionAnnotation) == revision &&
                           is_owned_by(item, text_at(object, "/metadata/uid"));
    if (is_newest) {
      hash = text_at(item, "/metadata/labels/pod-template-hash");
    }
  }
  for (const Json& item : found) {
    if (text_at(item, "/kind") == "Pod" &&
        (hash.empty() || text_at(item, "/metadata/labels/pod-template-hash") == hash)) {
      pods.push_back(item);
    }
  }
  return pods;
}

bool is_owned_by(const Json& object, const std::string& uid) {
  const Json owners = at_path(object, "/metadata/ownerReferences");
  return std::ranges::any_of(owners,
                             [&](const Json& owner) { return text_at(owner, "/uid") == uid; });
}

std::string kind_name_of(const Json& object) {
  std::string name = text_at(object, "/kind");
  std::ranges::transform(name, name.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  const std::string version = text_at(object, "/apiVersion");
  const std::size_t slash = version.find('/');
  return slash == std::string::npos ? name : name + "." + version.substr(0, slash);
}

Json identity_of(const Json& object) {
  Json identity{{"kind", kind_name_of(object)}, {"name", text_at(object, "/metadata/name")}};
  if (const std::string space = text_at(object, "/metadata/namespace"); !space.empty()) {
    identity["namespace"] = space;
  }
  return identity;
}

Json at_path(const Json& object, const char* pointer) {
  const Json::json_pointer where(pointer);
  return object.contains(where) ? object.at(where) : Json();
}

std::string text_at(const Json& object, const char* pointer) {
  const Json value = at_path(object, pointer);
  return value.is_string() ? value.get<std::string>() : "";
}

std::int64_t number_at(const Json& object, const char* pointer, std::int64_t fallback) {
  const Json value = at_path(object, pointer);
  return value.is_number_integer() ? value.get<std::int64_t>() : fallback;
}

}  // namespace runbook::kubectl
