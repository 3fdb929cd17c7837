#include "modules/kubectl/pod_watch.h"

#include <fmt/core.h>

#include "modules/kubectl/workload.h"

namespace runbook::kubectl {

namespace {

Limits limits_of(const Call& call) {
  const Limits usual;
  return {.image_pull = call.duration_or("image_pull_limit", usual.image_pull),
          .restarts = call.integer_or("restart_limit", usual.restarts),
          .unschedulable = call.duration_or("unschedulable_limit", usual.unschedulable)};
}

}  // namespace

Task<Json> read_quietly(Call& call, std::string name, std::vector<std::string> words,
                        bool is_in_namespace) {
  tool::Command command = command_of(
      call, {.name = std::move(name), .words = std::move(words), .is_namespaced = is_in_namespace});
  command.logged = tool::Logged::nothing;
  co_return co_await read_json(call, std::move(command));
}

PodWatch::PodWatch(Call& call) : call_(call), patience_(limits_of(call)) {}

Task<std::vector<Trouble>> PodWatch::troubles_of(Json object) {
  if (call_.flag("all_namespaces")) {
    co_return std::vector<Trouble>{};  // which namespace is theirs was not asked
  }
  Json pods = Json::array();
  const std::string selector = pod_selector_of(object);
  if (text_at(object, "/kind") == "Pod") {
    pods.push_back(std::move(object));
  } else if (!selector.empty()) {
    const bool has_sets = text_at(object, "/kind") == "Deployment";
    std::vector<std::string> words{"get", has_sets ? "pods,replicasets.apps" : "pods",
                                   "--selector=" + selector, "--output=json"};
    const Json found = co_await read_quietly(call_, "get pods", std::move(words), true);
    pods = newest_pods(object, found.at("items"));
  }
  if (pods.empty()) {
    co_return std::vector<Trouble>{};
  }
  std::vector<std::string> words{"get", "events", "--field-selector=involvedObject.kind=Pod",
                                 "--output=json"};
  const Json events = co_await read_quietly(call_, "get events", std::move(words), true);
  co_return patience_.judge(pods, events.at("items"), call_.host().loop.clock().now());
}

Task<std::string> PodWatch::sentence(Trouble trouble) {
  const std::string sentence = trouble.sentence();
  const std::string line = co_await last_words(std::move(trouble));
  co_return line.empty() ? sentence : fmt::format("{}; its last line: {}", sentence, line);
}

Task<std::string> PodWatch::last_words(Trouble trouble) {
  if (!trouble.has_crashed) {
    co_return "";
  }
  const auto key = std::make_pair(trouble.pod + "/" + trouble.container, trouble.restarts);
  if (const auto known = last_words_.find(key); known != last_words_.end()) {
    co_return known->second;
  }
  tool::Command command = command_of(
      call_,
      {.name = "logs",
       .words = {"logs", "pod/" + trouble.pod, "--container=" + trouble.container, "--tail=1"}});
  command.logged = tool::Logged::nothing;
  command.accepted = {0, 1};
  const tool::Ran ran = co_await tool::run(call_, program(), std::move(command));
  const std::string line = ran.exit == 0 ? tool::last_line(ran.out) : "";
  last_words_[key] = line;
  co_return line;
}

void add_limits(std::vector<Option>& options) {
  options.push_back({.name = "image_pull_limit",
                     .type = Type::duration,
                     .help = "how long an image may be one that cannot be pulled",
                     .fallback = "2m"});
  options.push_back({.name = "restart_limit",
                     .type = Type::integer,
                     .help = "how many restarts of a container that crashes, since the wait began",
                     .fallback = 5});
  options.push_back(
      {.name = "unschedulable_limit",
       .type = Type::duration,
       .help = "how long a pod may have no node while the cluster does not grow for it",
       .fallback = "5m"});
}

}  // namespace runbook::kubectl
