#include "modules/kubectl/progress.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/base/error.h"
#include "modules/kubectl/workload.h"

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

}  // namespace runbook::kubectl
