#include "modules/kubectl/waiting.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <utility>

#include "engine/base/shown_text.h"
#include "modules/kubectl/patience.h"

namespace runbook::kubectl {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMostTroubles = 20;  ///< in the detail of an error

/// What one look at the cluster told.
struct Looked {
  Json objects = Json::array();
  Progress progress;
  std::vector<Trouble> troubles;
};

/// What keeps something that is being deleted from being gone.
std::string why_still_there(const Json& object) {
  if (text_at(object, "/metadata/deletionTimestamp").empty()) {
    return "nobody has deleted it";
  }
  std::string text = "it is being deleted";
  for (const char* pointer : {"/metadata/finalizers", "/spec/finalizers"}) {
    for (const Json& finalizer : at_path(object, pointer)) {
      text += fmt::format("; finalizer {}", finalizer.get<std::string>());
    }
  }
  for (const Json& condition : at_path(object, "/status/conditions")) {
    if (text_at(condition, "/status") == "True") {
      text += "; " + one_line(text_at(condition, "/message"), 300);
    }
  }
  return text;
}

/// kubectl takes `.status.phase` without its braces, too; in a range they must be there.
std::string in_braces(const std::string& expression) {
  if (expression.starts_with('{')) {
    return expression;
  }
  return (expression.starts_with('.') ? "{" : "{.") + expression + "}";
}

Limits limits_of(const Call& call) {
  const Limits usual;
  return {.image_pull = call.duration_or("image_pull_limit", usual.image_pull),
          .restarts = call.integer_or("restart_limit", usual.restarts),
          .unschedulable = call.duration_or("unschedulable_limit", usual.unschedulable)};
}

class Wait {
 public:
  Wait(Call& call, Goal goal)
      : call_(call),
        goal_(std::move(goal)),
        clock_(call.host().loop.clock()),
        patience_(limits_of(call)),
        timeout_(call.duration_or("timeout", std::chrono::minutes{10})),
        deadline_(clock_.steady() + timeout_),
        gives_up_(clock_.now() + timeout_.count()) {}

  Task<Json> until_there() {
    const milliseconds every = call_.duration_or("every", std::chrono::seconds{2});
    for (;;) {
      Looked looked = co_await look_if_it_answers();
      if (looked.progress.is_done) {
        co_return std::move(looked.objects);
      }
      const bool is_hopeless = looked.progress.is_over ||
                               (!looked.troubles.empty() && looked.troubles.front().will_not_heal);
      if (is_hopeless || clock_.steady() >= deadline_) {
        const Error error = co_await given_up(std::move(looked), is_hopeless);
        throw error;
      }
      co_await tell(looked);
      co_await call_.host().loop.sleep(every, call_.cancel());
    }
  }

 private:
  /// A cluster that does not answer is one that is not as wanted yet.
  Task<Looked> look_if_it_answers() {
    try {
      co_return co_await look();
    } catch (const Error& error) {
      if (!error.transient) {
        throw;
      }
      co_return Looked{.progress = {.why = error.message}};
    }
  }

  Task<Looked> look() {
    Looked looked;
    std::vector<std::string> words{"get"};
    words.insert(words.end(), goal_.words.begin(), goal_.words.end());
    words.emplace_back("--output=json");
    if (goal_.is_absence) {
      words.emplace_back("--ignore-not-found");
    }
    Json found = co_await read("get", std::move(words), is_namespaced(call_, goal_.kind));
    if (found.contains("items")) {
      looked.objects = found.at("items");
    } else if (!found.is_null()) {
      looked.objects.push_back(std::move(found));
    }
    if (goal_.path) {
      co_await add_values(looked.objects);
    }
    Json missing = judge(looked);
    if (!looked.progress.is_done && !looked.progress.is_over) {
      co_await explain(looked, std::move(missing));
    }
    co_return looked;
  }

  /// Who may see the object need not be allowed to see its pods or their events.
  Task<void> explain(Looked& looked, Json missing) {
    try {
      looked.troubles = co_await look_at_pods(std::move(missing));
    } catch (const Error& error) {
      if (error.code != Code::kubernetes_forbidden) {
        throw;
      }
      looked.progress.why += "; why cannot be seen: " + error.message;
    }
  }

  /// Of those that were there at first: what keeps pods makes others, of the same name too.
  void judge_absence(Looked& looked) {
    if (!leaving_) {
      leaving_.emplace();
      for (const Json& object : looked.objects) {
        leaving_->insert(text_at(object, "/metadata/uid"));
      }
    }
    const auto still = std::ranges::find_if(looked.objects, [&](const Json& object) {
      return leaving_->contains(text_at(object, "/metadata/uid"));
    });
    looked.progress.is_done = still == looked.objects.end();
    if (looked.progress.is_done) {
      looked.objects = Json::array();
    } else {
      looked.progress.why = named(*still, why_still_there(*still));
    }
  }

  /// Gives back the first that is not as wanted. Those on their way out do not count.
  Json judge(Looked& looked) {
    if (goal_.is_absence) {
      judge_absence(looked);
      return nullptr;
    }
    Json staying = Json::array();
    for (Json& object : looked.objects) {
      if (text_at(object, "/metadata/deletionTimestamp").empty()) {
        staying.push_back(std::move(object));
      }
    }
    looked.objects = std::move(staying);
    if (looked.objects.empty()) {
      looked.progress.why = "there is none yet";
      return nullptr;
    }
    return first_missing(looked);
  }

  Json first_missing(Looked& looked) const {
    Json missing;
    std::size_t there = 0;
    for (const Json& object : looked.objects) {
      Progress progress = goal_.path ? value_of(object) : goal_.look(object);
      there += progress.is_done ? 1 : 0;
      if (!progress.is_done && (missing.is_null() || progress.is_over)) {
        missing = object;
        looked.progress = std::move(progress);
      }
    }
    const std::size_t all = looked.objects.size();
    looked.progress.is_done = there == all;
    if (all > 1 && there < all) {
      looked.progress.why =
          fmt::format("{} of {} are; {}", there, all, named(missing, looked.progress.why));
    }
    return missing;
  }

  std::string named(const Json& object, const std::string& why) const {
    return fmt::format("{}/{}: {}", kind_name_of(object), text_at(object, "/metadata/name"), why);
  }

  Progress value_of(const Json& object) const {
    const std::string value = text_at(object, "/value");
    const bool is_there = goal_.path->value ? value == *goal_.path->value : !value.empty();
    return {.is_done = is_there,
            .why = fmt::format("{} is \"{}\"", goal_.path->expression, value),
            .value = value};
  }

  Task<void> add_values(Json& objects) {
    const std::string expression = in_braces(goal_.path->expression);
    for (Json& object : objects) {
      const std::string name =
          fmt::format("{}/{}", kind_name_of(object), text_at(object, "/metadata/name"));
      tool::Command command = command_of(
          call_, {.name = "get",
                  .words = {"get", name, "--output=jsonpath=" + expression, "--ignore-not-found"},
                  .is_namespaced = is_namespaced(call_, goal_.kind)});
      command.logged = tool::Logged::nothing;
      const tool::Ran ran = co_await tool::run(call_, program(), std::move(command));
      object["value"] = ran.out;
    }
  }

  Task<Json> read(std::string name, std::vector<std::string> words, bool is_in_namespace = true) {
    tool::Command command = command_of(
        call_,
        {.name = std::move(name), .words = std::move(words), .is_namespaced = is_in_namespace});
    command.logged = tool::Logged::nothing;
    co_return co_await read_json(call_, std::move(command));
  }

  Task<std::vector<Trouble>> look_at_pods(Json object) {
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
      const Json found = co_await read("get pods", std::move(words));
      pods = newest_pods(object, found.at("items"));
    }
    if (pods.empty()) {
      co_return std::vector<Trouble>{};
    }
    std::vector<std::string> words{"get", "events", "--field-selector=involvedObject.kind=Pod",
                                   "--output=json"};
    const Json events = co_await read("get events", std::move(words));
    co_return patience_.judge(pods, events.at("items"), clock_.now());
  }

  /// The last line of the container that crashed; nothing where it cannot be read, which is no
  /// reason to give up.
  Task<std::string> last_words(Trouble trouble) {
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

  Task<std::string> full_sentence(Trouble trouble) {
    const std::string sentence = trouble.sentence();
    const std::string line = co_await last_words(std::move(trouble));
    co_return line.empty() ? sentence : fmt::format("{}; its last line: {}", sentence, line);
  }

  Task<std::string> why_of(const Looked& looked) {
    if (looked.troubles.empty()) {
      co_return looked.progress.why;
    }
    const std::string worst = co_await full_sentence(looked.troubles.front());
    const std::size_t others = looked.troubles.size() - 1;
    co_return fmt::format("{}{}; {}", worst,
                          others == 0 ? "" : fmt::format(" (and {} more)", others),
                          looked.progress.why);
  }

  /// Said again where it changed.
  Task<void> tell(const Looked& looked) {
    const std::string why = co_await why_of(looked);
    const Timestamp first = looked.troubles.empty() || looked.troubles.front().gives_up == 0
                                ? gives_up_
                                : std::min(gives_up_, looked.troubles.front().gives_up);
    call_.waits(why, first);
    if (why != told_) {
      told_ = why;
      call_.log(Stream::out, "waits: " + why);
    }
  }

  Task<Error> given_up(Looked looked, bool is_hopeless) {
    const std::string why = co_await why_of(looked);
    Error error =
        is_hopeless
            ? Error(Code::kubernetes_will_not_heal,
                    fmt::format("gave up waiting for {}: {}", goal_.aim, why))
            : Error(Code::kubernetes_not_ready,
                    fmt::format("waited {} for {}: {}", format_duration(timeout_), goal_.aim, why));
    if (!looked.troubles.empty()) {
      error.hint = fmt::format(
          "kubectl --context={} --namespace={} describe pod {}; mend it, then runbook resume",
          call_.text("context"), call_.text("namespace"), looked.troubles.front().pod);
    }
    if (looked.troubles.size() > 1) {
      Json lines = Json::array();
      for (std::size_t i = 0; i < std::min(looked.troubles.size(), kMostTroubles); ++i) {
        lines.push_back(co_await full_sentence(looked.troubles[i]));
      }
      error.detail["lines"] = std::move(lines);
    }
    co_return error.with_effect(EffectDone::none);
  }

  Call& call_;
  Goal goal_;
  Clock& clock_;
  Patience patience_;
  milliseconds timeout_;
  std::chrono::steady_clock::time_point deadline_;
  Timestamp gives_up_;
  std::string told_;
  std::optional<std::set<std::string>> leaving_;  ///< uids
  std::map<std::pair<std::string, std::int64_t>, std::string> last_words_;
};

}  // namespace

std::vector<Option> with_waiting(std::vector<Option> own) {
  for (Option option :
       {Option{
            .name = "timeout", .type = Type::duration, .help = "for all of it", .fallback = "10m"},
        Option{.name = "every",
        .type = Type::duration,
        .help = "how often it looks",
        .fallback = "2s"},
        Option{.name = "image_pull_limit",
        .type = Type::duration,
        .help = "how long an image may be one that cannot be pulled",
        .fallback = "2m"},
        Option{.name = "restart_limit",
        .type = Type::integer,
        .help = "how many restarts of a container that crashes, since the "
                "wait began",
        .fallback = 5},
        Option{.name = "unschedulable_limit",
        .type = Type::duration,
        .help = "how long a pod may have no node while the cluster does "
                "not grow for it",
        .fallback = "5m"}}) {
    own.push_back(std::move(option));
  }
  return with_namespace(std::move(own));
}

Task<Json> wait_for(Call& call, Goal goal) {
  Wait wait(call, std::move(goal));
  try {
    Json objects = co_await wait.until_there();
    call.waits({}, 0);
    co_return objects;
  } catch (const Error&) {
    call.waits({}, 0);
    throw;
  }
}

}  // namespace runbook::kubectl
