#include "modules/kubectl/patience.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "engine/base/duration.h"
#include "engine/base/shown_text.h"
#include "modules/kubectl/progress.h"
#include "modules/kubectl/workload.h"

namespace runbook::kubectl {

namespace {

constexpr std::size_t kMostOfWords = 300;

bool is_expected(const Json& pod) {
  return !pod.at("metadata").contains("deletionTimestamp") &&
         text_at(pod, "/status/phase") != "Succeeded" &&
         text_at(named_condition(pod, "Ready"), "/status") != "True";
}

bool is_about(const Json& event, const Json& pod) {
  return text_at(event, "/involvedObject/uid") == text_at(pod, "/metadata/uid");
}

std::string time_of(const Json& event) {
  for (const char* field : {"/series/lastObservedTime", "/lastTimestamp", "/eventTime",
                            "/metadata/creationTimestamp"}) {
    if (std::string time = text_at(event, field); !time.empty()) {
      return time;
    }
  }
  return "";
}

std::string last_event(const Json& pod, const Json& events) {
  const Json* last = nullptr;
  for (const Json& event : events) {
    if (is_about(event, pod) && (last == nullptr || time_of(*last) <= time_of(event))) {
      last = &event;
    }
  }
  return last == nullptr ? ""
                         : one_line(text_at(*last, "/reason") + ": " + text_at(*last, "/message"),
                                    kMostOfWords);
}

/// The node group grows for it: how long that takes is not for us to say.
bool is_room_made(const Json& pod, const Json& events) {
  return std::ranges::any_of(events, [&](const Json& event) {
    return is_about(event, pod) && text_at(event, "/reason") == "TriggeredScaleUp";
  });
}

bool is_image_reason(const std::string& reason) {
  static constexpr std::array<std::string_view, 6> kReasons{
      "ErrImagePull",      "ImagePullBackOff",    "InvalidImageName",
      "ErrImageNeverPull", "RegistryUnavailable", "ImageInspectError"};
  return std::ranges::find(kReasons, reason) != kReasons.end();
}

std::string with_message(std::string text, const Json& state) {
  const std::string message = one_line(text_at(state, "/message"), kMostOfWords);
  return message.empty() ? text : text + ": " + message;
}

/// "exit code 1, Error"
std::string ending_of(const Json& terminated) {
  const std::string reason = text_at(terminated, "/reason");
  std::string text = fmt::format("exit code {}", number_at(terminated, "/exitCode"));
  return reason.empty() ? text : text + ", " + reason;
}

std::string restarts_text(std::int64_t since, std::int64_t limit) {
  return since == 0 ? "" : fmt::format("; restart {} of {} since the wait began", since, limit);
}

/// Every container, those that prepare the pod first.
std::vector<Json> container_statuses(const Json& pod) {
  std::vector<Json> all;
  for (const char* list : {"/status/initContainerStatuses", "/status/containerStatuses"}) {
    const Json statuses = at_path(pod, list);
    all.insert(all.end(), statuses.begin(), statuses.end());
  }
  return all;
}

bool is_worse(const Trouble& one, const Trouble& other) {
  const auto rank = [](const Trouble& trouble) {
    return trouble.will_not_heal ? 0 : trouble.gives_up != 0 ? 1 : trouble.has_crashed ? 2 : 3;
  };
  return rank(one) != rank(other) ? rank(one) < rank(other) : one.gives_up < other.gives_up;
}

}  // namespace

std::string Trouble::sentence() const {
  std::string all = fmt::format("pod {}: {}", pod, text);
  if (!event.empty() && text.find(event.substr(event.find(": ") + 2)) == std::string::npos) {
    all += "; its last event: " + event;
  }
  return all;
}

std::vector<Trouble> Patience::judge(const Json& pods, const Json& events, Timestamp now) {
  std::vector<Trouble> troubles;
  for (const Json& pod : pods) {
    if (is_expected(pod)) {
      troubles.push_back(of_pod(pod, events, now));
    }
  }
  has_looked_ = true;
  std::ranges::stable_sort(troubles, is_worse);
  return troubles;
}

Trouble Patience::of_pod(const Json& pod, const Json& events, Timestamp now) {
  Trouble trouble{.pod = text_at(pod, "/metadata/name"), .event = last_event(pod, events)};
  judge_node(pod, events, now, trouble);
  for (const Json& status : container_statuses(pod)) {
    Trouble of_container{.pod = trouble.pod, .event = trouble.event};
    judge_container(text_at(pod, "/metadata/uid"), status, now, of_container);
    if (!of_container.text.empty() && (trouble.text.empty() || is_worse(of_container, trouble))) {
      trouble = std::move(of_container);
    }
  }
  if (trouble.text.empty()) {
    trouble.text = fmt::format("is {}", text_at(pod, "/status/phase"));
    for (const char* part : {"/status/reason", "/status/message"}) {
      const std::string word = one_line(text_at(pod, part), kMostOfWords);
      trouble.text += word.empty() ? "" : ", " + word;
    }
  }
  return trouble;
}

void Patience::judge_container(const std::string& uid, const Json& status, Timestamp now,
                               Trouble& trouble) {
  trouble.container = text_at(status, "/name");
  trouble.restarts = number_at(status, "/restartCount");
  const std::string key = uid + "/" + trouble.container;
  const auto before = restarts_.try_emplace(key, has_looked_ ? 0 : trouble.restarts).first->second;
  const std::string reason = text_at(status, "/state/waiting/reason");
  const Json ended = at_path(status, "/state/terminated");
  if (is_image_reason(reason)) {
    judge_image(key, status, now, trouble);
    return;
  }
  if (status.value("ready", false) || (!ended.is_null() && number_at(ended, "/exitCode") == 0)) {
    since_.erase(key);
  } else if (reason == "CrashLoopBackOff" || !ended.is_null()) {
    judge_crash(before, status, trouble);
  } else if (!reason.empty()) {
    trouble.text = with_message(fmt::format("container {}: {}", trouble.container, reason),
                                at_path(status, "/state/waiting"));
  } else if (!at_path(status, "/state/running").is_null()) {
    since_.erase(key);
    trouble.text = fmt::format("container {} runs, and is not ready{}", trouble.container,
                               restarts_text(trouble.restarts - before, limits_.restarts));
  }
}

void Patience::judge_image(const std::string& key, const Json& status, Timestamp now,
                           Trouble& trouble) {
  const Timestamp since = since_.try_emplace(key, now).first->second;
  trouble.gives_up = since + limits_.image_pull.count();
  trouble.will_not_heal = now >= trouble.gives_up;
  const Json waiting = at_path(status, "/state/waiting");
  trouble.text = with_message(
      fmt::format("cannot pull image \"{}\" ({}, which may last {})", text_at(status, "/image"),
                  text_at(waiting, "/reason"), format_duration(limits_.image_pull)),
      waiting);
}

void Patience::judge_crash(std::int64_t before, const Json& status, Trouble& trouble) {
  const std::int64_t since = trouble.restarts - before;
  Json ended = at_path(status, "/state/terminated");
  if (ended.is_null()) {
    ended = at_path(status, "/lastState/terminated");
  }
  trouble.has_crashed = true;
  trouble.will_not_heal = since >= limits_.restarts;
  trouble.text = fmt::format("container {} crashed ({}){}", trouble.container, ending_of(ended),
                             restarts_text(since, limits_.restarts));
}

void Patience::judge_node(const Json& pod, const Json& events, Timestamp now, Trouble& trouble) {
  const std::string key = text_at(pod, "/metadata/uid");
  const Json scheduled = named_condition(pod, "PodScheduled");
  if (text_at(scheduled, "/reason") != "Unschedulable" || !text_at(pod, "/spec/nodeName").empty()) {
    since_.erase(key);
    return;
  }
  if (is_room_made(pod, events)) {
    since_.erase(key);
    trouble.text = with_message("has no node yet, and a new one is coming", scheduled);
    return;
  }
  const Timestamp since = since_.try_emplace(key, now).first->second;
  trouble.gives_up = since + limits_.unschedulable.count();
  trouble.will_not_heal = now >= trouble.gives_up;
  trouble.text = with_message(fmt::format("has no node (Unschedulable, which may last {})",
                                          format_duration(limits_.unschedulable)),
                              scheduled);
}

}  // namespace runbook::kubectl
