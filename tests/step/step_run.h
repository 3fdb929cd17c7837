#pragma once
// One run on a memory store, driven through Session by C++ bodies: each session() is one process's
// worth of it. Effects are counted by name and outlive sessions, as the world does.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/step/session.h"

namespace runbook {

/// Thrown by a body: the process dies here. What was durable stays.
struct Crash : std::exception {
  const char* what() const noexcept override { return "crash"; }
};

/// The system's time, moved forward at will between sessions.
class MovedClock final : public Clock {
 public:
  Timestamp now() override { return system_.now() + moved_.count(); }
  std::chrono::steady_clock::time_point steady() override { return system_.steady() + moved_; }
  void advance(std::chrono::milliseconds by) { moved_ += by; }

 private:
  SystemClock system_;
  std::chrono::milliseconds moved_{0};
};

class StepRun {
 public:
  StepRun();
  ~StepRun();

  struct End {
    RunPhase phase = RunPhase::running;  ///< running: the process died
    std::optional<Error> error;
  };
  using Recipe = std::function<Task<void>(Session& session)>;

  /// Runs one session: the first creates the run, later ones resume it. Ends it as the recipe
  /// runner does.
  End session(const Recipe& recipe, SessionSettings settings = {});
  /// Between sessions: appends as `runbook mark` and `--rerun` do.
  void mark(const std::string& step, State state, const Json& value);
  void rerun(const std::string& step);
  /// Between sessions: as `runbook approve`, `deny` and `answer` do.
  void answer(const std::string& step, const std::string& verdict, const Json& answer = nullptr);

  RunState state();
  /// The state of a step, "" if there is none.
  std::string state_of(const std::string& step);
  Json result_of(const std::string& step);
  std::uint32_t attempts_of(const std::string& step);
  /// "step.started a#1" for every event that names a step, in order.
  std::vector<std::string> journal();
  std::size_t count_of(const std::string& line);
  std::size_t sessions() const { return sessions_; }

  /// How often each effect happened.
  std::map<std::string, int> world;
  /// A call that acts under this name (counted), then calls `then` (may throw) and returns {did:
  /// name}.
  CallSpec call(const std::string& name, Effect effect = Effect::once,
                std::function<void()> then = {});
  /// A once call that waits until its cancel node is requested; it acts before or after that.
  CallSpec waiting_call(const std::string& name, Loop& loop, std::function<void()> begun = {});

  /// A body that fails in the first session only.
  Body fails_at_first();

  // Given to every session.
  CallProbe probe_call;
  std::function<Task<void>()> before_first_action;
  std::function<Task<void>(const std::string& path, CancelPtr cancel)> ask;
  std::function<Task<void>(const std::string& path, Kind kind, CancelPtr cancel)> before_attempt;
  /// Somebody will come by: a session in which everything waits for people goes on.
  bool somebody_comes = false;
  std::vector<std::string> notices;
  MovedClock clock;
  /// The session that runs now, for bodies that stop it or look at it.
  Session* current = nullptr;

 private:
  std::unique_ptr<Store> store_;
  std::size_t sessions_ = 0;
};

// --- short forms for tests -----------------------------------------------------------------------

StepSpec named(const std::string& segment, std::int64_t body_hash = 0);
/// A body that returns `value`.
Body returns(Json value);
/// A body that raises `message` (definite, not transient).
Body raises(const std::string& message);
/// A body that raises "no" or returns 1, as `fail` says now.
Body fails_if(bool fail);
/// An answer of this verdict, as a person at another terminal gives it.
void answer_now(Session& session, const std::string& step, const std::string& verdict,
                const Json& answer = nullptr);
/// A body of one call; the call is made anew for each attempt.
Body calls(Session& session, std::function<CallSpec()> make);
Error failure(const std::string& message);
/// Runs the step and keeps what it raised, as a pcall does.
Task<std::optional<Error>> attempt(Session& session, Scope& scope, StepSpec spec, Body body);

}  // namespace runbook
