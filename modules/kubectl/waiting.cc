#include "modules/kubectl/waiting.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "modules/kubectl/pod_watch.h"
#include "modules/kubectl/workload.h"

namespace runbook::kubectl {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMostTroubles = 20;  ///< in the detail of an error

/// What one look at the cluster told.
struct Looked {
  Together together;
  std::vector<Trouble> troubles;

  bool is_hopeless() const {
    return together.progress.is_over || (!troubles.empty() && troubles.front().will_not_heal);
  }
};

/// kubectl takes `.status.phase` without its braces, too; in a range they must be there.
std::string in_braces(const std::string& expression) {
  if (expression.starts_with('{')) {
    return expression;
  }
  return (expression.starts_with('.') ? "{" : "{.") + expression + "}";
}

class Wait {
 public:
  Wait(Call& call, Goal goal)
      : call_(call),
        goal_(std::move(goal)),
        clock_(call.host().loop.clock()),
        timeout_(call.duration_or("timeout", std::chrono::minutes{10})),
        deadline_(clock_.steady() + timeout_),
        gives_up_(clock_.now() + timeout_.count()) {}

  Task<Json> until_there() {
    const milliseconds every = call_.duration_or("every", std::chrono::seconds{2});
    for (;;) {
      Looked looked = co_await look_if_it_answers();
      if (looked.together.progress.is_done) {
        co_return std::move(looked.together.objects);
      }
      if (looked.is_hopeless() || clock_.steady() >= deadline_) {
        const Error error = co_await given_up(std::move(looked));
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
      co_return Looked{.together = {.progress = {.why = error.message}}};
    }
  }

  Task<Looked> look() {
    Json objects = co_await objects_now();
    if (goal_.path) {
      co_await add_values(objects);
    }
    Looked looked{.together = seeker_.judge(std::move(objects))};
    if (!looked.together.progress.is_done && !looked.together.progress.is_over) {
      co_await explain(looked);
    }
    co_return looked;
  }

  Task<Json> objects_now() {
    std::vector<std::string> words{"get"};
    words.insert(words.end(), goal_.words.begin(), goal_.words.end());
    words.emplace_back("--output=json");
    if (goal_.is_absence) {
      words.emplace_back("--ignore-not-found");
    }
    Json found =
        co_await read_quietly(call_, "get", std::move(words), is_namespaced(call_, goal_.kind));
    if (found.contains("items")) {
      co_return found.at("items");
    }
    Json objects = Json::array();
    if (!found.is_null()) {
      objects.push_back(std::move(found));
    }
    co_return objects;
  }

  /// Who may see the object need not be allowed to see its pods or their events.
  Task<void> explain(Looked& looked) {
    try {
      looked.troubles = co_await pods_.troubles_of(looked.together.missing);
    } catch (const Error& error) {
      if (error.code != Code::kubernetes_forbidden) {
        throw;
      }
      looked.together.progress.why += "; why cannot be seen: " + error.message;
    }
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

  Task<std::string> why_of(const Looked& looked) {
    const std::string& own = looked.together.progress.why;
    if (looked.troubles.empty()) {
      co_return own;
    }
    const std::string worst = co_await pods_.sentence(looked.troubles.front());
    const std::size_t others = looked.troubles.size() - 1;
    co_return fmt::format("{}{}; {}", worst,
                          others == 0 ? "" : fmt::format(" (and {} more)", others), own);
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

  Task<Error> given_up(Looked looked) {
    const std::string why = co_await why_of(looked);
    Error error =
        looked.is_hopeless()
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
        lines.push_back(co_await pods_.sentence(looked.troubles[i]));
      }
      error.detail["lines"] = std::move(lines);
    }
    co_return error.with_effect(EffectDone::none);
  }

  Call& call_;
  Goal goal_;
  GoalSeeker seeker_{goal_};
  PodWatch pods_{call_};
  Clock& clock_;
  milliseconds timeout_;
  std::chrono::steady_clock::time_point deadline_;
  Timestamp gives_up_;
  std::string told_;
};

}  // namespace

std::vector<Option> with_waiting(std::vector<Option> own) {
  own.push_back(
      {.name = "timeout", .type = Type::duration, .help = "for all of it", .fallback = "10m"});
  own.push_back(
      {.name = "every", .type = Type::duration, .help = "how often it looks", .fallback = "2s"});
  add_limits(own);
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
