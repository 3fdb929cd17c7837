#pragma once
// Hand-made journals for tests of what is shown: events one second apart, folded as the engine
// does.

#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/journal/run_state.h"

namespace runbook {

class Script {
 public:
  static constexpr Timestamp kStart = 1'790'000'000'000;

  Script() {
    event::RunCreated created;
    created.recipe = "recipes/deploy.lua";
    created.name = "deploy";
    created.root = "/srv/project";
    created.parameters = Json{{"region", "eu"}, {"key", {{"$secret", "key"}}}};
    created.user = "alice";
    created.host = "ops-1";
    add(created);
  }

  Script& add(Payload payload, std::string step = {}, std::uint32_t attempt = 0) {
    Event event;
    event.sequence = events_.size() + 1;
    event.time = kStart + static_cast<Timestamp>(events_.size()) * 1000;
    event.step = std::move(step);
    event.attempt = attempt;
    event.payload = std::move(payload);
    events_.push_back(std::move(event));
    return *this;
  }

  Script& session(bool resumed = false) {
    event::SessionStarted started;
    started.resumed = resumed;
    started.pid = 4121;
    started.user = "alice";
    started.host = "ops-1";
    return add(started);
  }
  Script& begin(const std::string& step, std::uint32_t attempt = 1, Kind kind = Kind::step) {
    return add(event::StepStarted{kind, 0, "recipes/deploy.lua:3"}, step, attempt);
  }
  Script& ok(const std::string& step, const Json& result = nullptr, std::uint32_t attempt = 1) {
    return add(event::StepFinished{State::ok, RawJson::of(result)}, step, attempt);
  }
  Script& fail(const std::string& step, const Error& error, std::uint32_t attempt = 1,
               State state = State::failed) {
    Error leaving = error;
    leaving.path = step;
    return add(event::StepFinished{state, RawJson::of(leaving.to_json())}, step, attempt);
  }
  Script& end(RunPhase state, int exit, const Json& error = nullptr) {
    return add(event::SessionEnded{state, exit, error});
  }

  const std::vector<Event>& events() const { return events_; }
  Timestamp now() const { return kStart + static_cast<Timestamp>(events_.size()) * 1000; }
  RunState state() const {
    RunState state;
    for (const Event& event : events_) {
      apply(state, event);
    }
    return state;
  }

 private:
  std::vector<Event> events_;
};

/// What a command that failed leaves behind.
inline Error command_failure(const std::string& path) {
  Error error(Code::process_failed, "kubectl exited with 1", "",
              Json{{"command", {"kubectl", "rollout", "status", "deploy/my app"}},
                   {"exit", 1},
                   {"lines", {"waiting", "\x1b[31merror: timed out\x1b[0m"}}});
  error.path = path;
  return error;
}

}  // namespace runbook
