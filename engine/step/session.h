#pragma once
// What a step means: begin, commit, retry, examine, replay. One Session per session of a run; loop
// thread only. Knows nothing of Lua: bodies, probes and effects are functions it is given.

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/secret.h"
#include "engine/io/loop.h"
#include "engine/journal/journal.h"
#include "engine/journal/next_action.h"
#include "engine/step/effect.h"
#include "engine/step/options.h"
#include "engine/step/scope.h"
#include "engine/step/step_log.h"
#include "engine/step/unwind.h"

namespace runbook {

/// A step's work. Returns its result in stored form (tags, references); throws Error when it
/// failed.
using Body = std::function<Task<Json>(Scope& scope)>;

struct StepSpec {
  std::string segment;  ///< checked by name_segment or key_segment
  Kind kind = Kind::step;
  std::int64_t body_hash = 0;
  std::string site;  ///< "file:line"
  StepOptions options;
};

/// One use of a primitive, as the step layer sees it. `arguments` are in stored form: no secret
/// values.
struct CallSpec {
  std::string primitive;
  Effect effect = Effect::once;
  Json arguments;
  Json identity;  ///< what tells it from another call of its primitive; null = its arguments
  /// The adapter's hands. `intents` has the first intent and grows with amendments; `amend` makes
  /// one durable.
  using Amend = std::function<Task<void>(Json intent)>;
  std::function<Task<Intent>(CancelPtr cancel)> prepare;  ///< may be empty
  std::function<Task<Json>(CancelPtr cancel, std::vector<Json> intents, Amend amend)> run;

  std::string fingerprint() const;
};

/// Settles a call of an earlier attempt by its primitive's probe. nullopt: the primitive has none
/// (or is gone).
using CallProbe =
    std::function<Task<std::optional<Outcome>>(const CallState& call, CancelPtr cancel)>;

struct FanOutSpec {
  std::string segment;
  std::size_t jobs = 0;  ///< 0 = all at once
  bool keep_going = false;
};
struct FanOutItem {
  StepSpec step;
  Body body;
};

struct WaitSpec {
  std::chrono::milliseconds every{5'000};
  std::chrono::milliseconds timeout{600'000};
  std::function<Task<std::string>(Scope& scope)> why;  ///< may be empty
};
/// Looks once: a value, or nullopt for "not yet".
using Look = std::function<Task<std::optional<Json>>(Scope& scope)>;

/// What a gate, ask or manual step asks (event::GateOpened).
struct QuestionSpec {
  std::string text;
  Json shown, fields;  ///< fields null: approve or deny
  std::vector<std::string> by;
  std::optional<std::chrono::milliseconds> expires;
};

struct SessionSettings {
  bool resumed = false;
  /// Nothing is executed: a request without a recorded end unwinds with RecordEnds. For `cancel`
  /// and `undo`, which need to know what the recipe registered.
  bool replay_only = false;
  /// With replay_only: undo functions are kept, and the bodies of steps that are over are entered
  /// where steps to be undone lie in them. There too nothing is executed.
  bool collect_undos = false;
  bool accept_new = false;
  std::chrono::milliseconds grace{30'000};
  std::filesystem::path run_folder;  ///< empty: no step logs (tests)
};

class Session {
 public:
  Session(Loop& loop, Journal& journal, SecretVault& vault, const Redactor& redactor,
          SessionSettings settings);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// The top level of the recipe.
  Scope& root();
  const RunState& state() const;
  Journal& journal();
  Loop& loop();
  SecretVault& vault();
  /// True until the first request that is not a replay (always false in a first session).
  bool replaying() const;
  bool stopping() const;  ///< the root is cancelled

  /// Nothing is executed (SessionSettings::replay_only), until end_replay().
  bool replays_only() const;
  void end_replay();
  /// The undo functions of the steps that were requested, by path (collect_undos).
  const std::map<std::string, StepUndo>& undos() const;

  /// Called once, before the first request that is not a replay acts (resumed sessions).
  std::function<Task<void>()> before_first_action;
  CallProbe probe_call;
  /// Asks at the terminal until the question is answered or nobody is there; what is answered comes
  /// back through steered(). Empty: nobody can be asked.
  std::function<Task<void>(const std::string& path, CancelPtr cancel)> ask;
  /// Before an attempt of a step begins (--step, --until): may wait, skip or stop the session.
  /// `cancel`: what is around the step ends.
  std::function<Task<void>(const std::string& path, Kind kind, CancelPtr cancel)> before_attempt;
  /// A line that a child of this step printed, as it comes: not redacted.
  std::function<void(const std::string& path, std::string_view line)> output;
  /// What a wait last saw, and other sentences for the operator.
  std::function<void(const std::string&)> notice;

  /// Runs, replays, examines or refuses the step; returns its result as recorded. Throws Error
  /// (with `path` set) if it failed or its recorded end is a failure, Cancelled, SessionStop;
  /// Withheld inside fan_out only.
  Task<RawJson> step(Scope& outer, StepSpec spec, Body body);
  /// The recorded result if the step's end is recorded and stands: the quick path without a
  /// coroutine. Counts as a request.
  std::optional<RawJson> replay(Scope& outer, const StepSpec& spec);
  /// A prefix for the names inside. The caller runs its function in the scope. REQUIRES: `outer`
  /// outlives it.
  Scope group(Scope& outer, const std::string& segment);
  /// Items as concurrent steps; results in the order of `items`. The first failure (in time) is
  /// thrown, or with keep_going one Error(items_failed) listing all.
  Task<std::vector<RawJson>> fan_out(Scope& outer, FanOutSpec spec, std::vector<FanOutItem> items);
  Task<RawJson> wait_until(Scope& outer, StepSpec spec, WaitSpec wait, Look look);
  Task<RawJson> sleep(Scope& outer, StepSpec spec, std::chrono::milliseconds duration);
  /// gate, ask, manual (spec.kind): asks and waits for a person. A gate returns { by, at, comment
  /// }, the others the answers by field. Error(gate_denied | gate_expired). A recorded gate whose
  /// question has another digest now asks again if nothing has begun after it.
  Task<RawJson> question(Scope& outer, StepSpec spec, QuestionSpec question);
  /// Somebody answered, marked or skipped this step by hand, and the event is appended: what waits
  /// at it goes on. A step that waits (a question, wait_until, sleep, between two attempts) takes
  /// what was recorded as its end; REQUIRES: the step is not acting.
  void steered(const std::string& path);
  /// Something runs, and all of it waits for people.
  bool waits_for_people() const;

  /// An effect or a read, by the rules of design §3.2 and §4. Returns its result in stored form.
  Task<Json> call(Scope& scope, CallSpec spec);
  /// now, random, uuid, env: recorded under the scope; live (not recorded) where code only looks.
  Json value(Scope& scope, const std::string& function, std::optional<std::string> name,
             const std::function<Json()>& produce);

  /// Settles every call without an end, also those of steps no longer asked for; before the
  /// `finally`s run, all but theirs, for which their steps may have probes. Throws SessionStop if
  /// one cannot be.
  enum class Settle { before_finally, all };
  Task<void> settle_all(Settle which);
  /// A line into the log of the scope's step (redacted).
  void log(Scope& scope, std::string_view stream, std::string_view line);
  /// Why a call in the scope's step is not done yet; empty: it goes on.
  void waits(Scope& scope, const std::string& why, Timestamp until);

  struct Drift {
    std::vector<std::string> kept, changed, inputs;
    std::string next;  ///< the first request that is not a replay
  };
  const Drift& drift() const;

 private:
  struct Examined {
    bool settled = false;
    std::optional<RawJson> result;
    std::size_t done = 0;
    std::optional<Error> not_done;
  };

  /// How one attempt ended: with the value that is recorded now, or with an error to be judged.
  struct AttemptEnd {
    std::optional<RawJson> value;
    std::optional<Error> error;
    bool cut_short = false;  ///< calls it had begun are to be examined
  };

  std::string inputs_print(const StepSpec& spec) const;
  std::string request(Scope& outer, const StepSpec& spec);
  Action decide(const std::string& path, const StepSpec& spec);
  RawJson recorded_end(const StepState& step, const StepSpec& spec);
  [[noreturn]] void withhold(const std::string& path, const StepSpec& spec) const;
  Task<RawJson> from_record(Scope& outer, std::string path, StepSpec spec, Body body);
  Task<void> look_for_undos(Scope& outer, std::string path, Body body);
  Task<Json> call_from_record(Scope& scope, CallSpec spec);
  Task<Json> claimed_result(Scope& scope, const CallState& call);
  Task<void> first_action();
  Error closed_by(std::string_view path) const;
  Task<void> breathe();
  void adopt(const std::string& path, const StepState& from);
  [[noreturn]] static void refuse(const std::string& path, Error error);
  Task<RawJson> attempts(Scope& outer, std::string path, StepSpec spec, Body body);
  std::uint32_t begin(const std::string& path, const StepSpec& spec);
  Task<AttemptEnd> attempt(Scope& outer, std::string path, const StepSpec& spec, const Body& body,
                           std::uint32_t number);
  Task<Json> run_body(Scope& outer, std::string path, const StepSpec& spec, const Body& body,
                      std::uint32_t number, bool& timed_out);
  Task<void> pause(Scope& outer, std::string path, std::uint32_t number, const Error& error,
                   std::chrono::milliseconds delay);
  RawJson skip(const std::string& path, std::uint32_t number, const Skipped& skipped);
  RawJson finish(const std::string& path, std::uint32_t number, Json result);
  void end(const std::string& path, std::uint32_t number, State state, const Error& error);
  void end_cut_off(const std::string& path, std::uint32_t number, CancelReason reason);
  [[noreturn]] void stop_unknown(const std::string& path, std::uint32_t number, Error error);
  Task<Examined> examine(Scope& outer, std::string path, const StepSpec& spec);
  Task<Outcome> ask_until_settled(std::function<Task<Outcome>()> probe, const std::string& path,
                                  std::chrono::milliseconds limit, CancelPtr cancel);
  Task<Outcome> settle_by_primitive(const CallState& call, std::chrono::milliseconds limit,
                                    CancelPtr cancel);
  void close_call(const CallState& call, const Outcome& outcome, std::string_view settled);
  bool is_ended_by_hand(const std::string& path) const;
  Task<void> rest(std::string path, std::chrono::milliseconds duration, CancelPtr cancel);
  Task<void> wait_for_person(std::string path, Timestamp expires, CancelPtr cancel);
  Task<bool> hold(std::string path, Kind kind, CancelPtr cancel);
  void forget_end(const Scope& outer, const std::string& path, const event::GateOpened& asked);
  bool question_stands(const std::string& path, const event::GateOpened& asked) const;
  Task<Json> asking(Scope& scope, Kind kind, event::GateOpened asked,
                    std::chrono::milliseconds expires);
  Task<Json> once(Scope& scope, CallSpec spec);
  Task<Json> act(Scope& scope, const CallSpec& spec, Sequence call, std::vector<Json> intents);

  struct People;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runbook
