#pragma once
// Writes a run's history event by event, as sessions do, and folds it.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/journal/run_state.h"

namespace runbook {

class History {
 public:
  RunState state;
  std::vector<Event> events;

  History() { add(event::RunCreated{.recipe = "r.lua", .name = "r"}); }

  Sequence add(Payload payload, std::string step = {}, std::uint32_t attempt = 0) {
    Event event{.sequence = state.last + 1,
                .time = 1'000 * static_cast<Timestamp>(state.last + 1),
                .step = std::move(step),
                .attempt = attempt,
                .payload = std::move(payload)};
    apply(state, event);
    events.push_back(std::move(event));
    return state.last;
  }

  History& session() {
    add(event::SessionStarted{.resumed = state.sessions > 0, .pid = 1});
    return *this;
  }
  /// The process died: nothing is recorded, and another session begins.
  History& crash() { return session(); }
  History& end_session(RunPhase phase, int exit, Json error = nullptr) {
    add(event::SessionEnded{.state = phase, .exit = exit, .error = std::move(error)});
    return *this;
  }

  /// Begins the next attempt.
  History& start(const std::string& path, Kind kind = Kind::step, std::int64_t body = 0,
                 std::string site = {}) {
    add(event::StepStarted{.kind = kind, .body = body, .site = std::move(site)}, path,
        attempts(path) + 1);
    return *this;
  }
  History& end(const std::string& path, State end, const Json& value) {
    add(event::StepFinished{.state = end, .value = RawJson::of(value)}, path, attempts(path));
    return *this;
  }
  History& ok(const std::string& path, const Json& result = nullptr) {
    return end(path, State::ok, result);
  }
  /// Fails with an error that left the step itself.
  History& fail(const std::string& path) { return end(path, State::failed, error_of(path)); }
  History& done(const std::string& path, Kind kind = Kind::step, std::int64_t body = 0,
                std::string site = {}) {
    return start(path, kind, body, std::move(site)).ok(path, path);
  }

  Sequence call(const std::string& path, const std::string& primitive = "process.run",
                const std::string& fingerprint = "f", std::uint32_t occurrence = 0) {
    return add(event::CallBegun{.primitive = primitive,
                                .fingerprint = fingerprint,
                                .resource = {},
                                .occurrence = occurrence,
                                .arguments = {{"argv", {"true"}}},
                                .intent = nullptr},
               path, attempts(path));
  }
  History& end_call(Sequence call, const Json& result = 1) {
    const CallState& begun = state.calls[state.call_index.at(call)];
    add(event::CallEnded{.call = call, .result = RawJson::of(result), .error = nullptr},
        std::string(begun.step), begun.attempt);
    return *this;
  }
  History& fail_call(Sequence call) {
    const CallState& begun = state.calls[state.call_index.at(call)];
    add(event::CallEnded{.call = call, .result = {}, .error = error_of(begun.step)},
        std::string(begun.step), begun.attempt);
    return *this;
  }
  History& value(const std::string& scope, const Json& value = 1) {
    add(event::ValueRecorded{.function = "uuid", .key = "#0", .value = value}, scope);
    return *this;
  }
  History& rewind(const std::string& to, std::vector<std::string> forgotten) {
    add(event::RunRewound{.kind = "rerun", .to = to, .forgotten = std::move(forgotten)});
    return *this;
  }

  const StepState& step(const std::string& path) const {
    const StepState* found = state.find_step(path);
    RB_CHECK(found != nullptr);
    return *found;
  }
  std::uint32_t attempts(const std::string& path) const {
    const StepState* found = state.find_step(path);
    return found == nullptr ? 0 : found->attempts;
  }
  bool handled(const std::string& path) const { return step(path).handled; }
  bool closed(const std::string& prefix) const { return state.closed.contains(prefix); }

  static Json error_of(const std::string& path) {
    Error error(Code::process_failed, "it failed");
    error.path = path;
    return error.to_json();
  }
};

}  // namespace runbook
