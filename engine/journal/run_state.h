#pragma once
// What a run is: the fold of its events. apply() is pure (no disk, clock, Lua) and the only writer
// of RunState.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/journal/event.h"

namespace runbook {

/// A once call of a step (design §3.2). `forgotten`: its step was rewound or rerun since; an open
/// one still counts.
struct CallState {
  enum class End { open, ok, failed };
  Sequence begun = 0;
  Timestamp begun_time = 0;
  std::uint32_t attempt = 0;
  std::uint32_t occurrence = 0;
  End end = End::open;
  bool forgotten = false;
  std::string step, primitive, fingerprint, resource;
  Json arguments;
  std::vector<Json> intents;  ///< the first, then each amendment
  RawJson result;             ///< if ok
  Json error;                 ///< if failed
};

/// What a gate, ask or manual step asked last, and what was answered.
struct Question {
  event::GateOpened asked;
  Sequence opened = 0;
  Timestamp opened_time = 0;
  std::optional<event::AnswerRecorded> answer;
  Sequence answered = 0;
  Timestamp answered_time = 0;
  bool is_failed = false;  ///< its step has failed since it was answered: a denial counts once

  /// Asked, and waits for a person at `now`.
  bool is_open(Timestamp now) const {
    return !answer && (asked.expires == 0 || now < asked.expires);
  }
};

struct StepState {
  std::string path;
  Kind kind = Kind::step;
  State state = State::pending;
  std::uint32_t attempts = 0;  ///< highest attempt begun (over all sessions; never reset)
  bool handled = false;        ///< failed, and the recipe went on: replays its error
  bool marked = false;         ///< its state was set by hand after its last attempt
  bool has_undo = false;       ///< its latest attempt came with an undo function
  std::int64_t body = 0;
  std::string site;
  RawJson value;  ///< result (ok, skipped) or error (failed, cancelled, unknown, interrupted)
  Sequence started = 0, finished = 0;  ///< events of the latest attempt
  Timestamp started_time = 0, finished_time = 0;
  Timestamp first_started_time = 0;
  Timestamp waiting_until = 0;  ///< sleep: wall-clock end
  std::string waiting_for;
  std::uint32_t session = 0;  ///< in which session it last started
  std::vector<std::uint32_t>
      calls;  ///< indexes into RunState::calls, in order, forgotten ones included
};

/// Orders paths so that what lies under a path follows it at once ('/' sorts before all else).
struct PathOrder {
  using is_transparent = void;
  bool operator()(std::string_view left, std::string_view right) const;
};

/// Looks up by text without making a string.
struct PathHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view path) const {
    return std::hash<std::string_view>()(path);
  }
};

struct RunState {
  // the run
  event::RunCreated created;
  Timestamp created_time = 0;
  RunPhase phase = RunPhase::running;
  int exit = -1;
  Json error;  ///< of the last session
  std::uint32_t sessions = 0;
  bool session_open =
      false;  ///< a session started and no end is recorded (alive or crashed: the lock tells)
  event::SessionStarted session;  ///< the latest
  Timestamp session_started_time = 0, updated = 0;
  bool finished = false;  ///< run.finished: for good
  Sequence last = 0;

  // steps in order of first start
  std::deque<StepState> steps;
  std::unordered_map<std::string, std::uint32_t, PathHash, std::equal_to<>> step_index;
  std::deque<CallState> calls;
  std::unordered_map<Sequence, std::uint32_t> call_index;
  std::vector<std::uint32_t>
      open_calls;  ///< indexes of calls without an end, whatever happened to their step

  std::unordered_map<std::string, Json> values;         ///< recorded values by value_key()
  std::unordered_map<std::string, std::string> inputs;  ///< fingerprints of inputs =, by step
  std::map<std::string, Json> targets, services, outputs, state_puts;
  std::vector<event::AttachmentAdded> attachments;
  std::vector<std::string> notes;
  std::map<std::string, Question, std::less<>> questions;  ///< by step; forgotten with it
  std::optional<event::CancelRequested> cancel;            ///< nothing but `finally`s runs any more

  /// Prefixes of groups, each and parallel that failed and were handled: nothing under them starts
  /// again.
  std::map<std::string, Sequence, std::less<>> closed;

  /// Which functions served which steps, by body hash: a function is known by its site.
  struct BodyUse {
    std::string site;
    std::uint32_t steps = 0;  ///< how many steps it served
    std::uint32_t first = 0;  ///< index of the first of them
  };
  std::unordered_map<std::int64_t, std::vector<BodyUse>> bodies;

  const StepState* find_step(std::string_view path) const;
  std::vector<const CallState*> calls_of(const StepState& step) const;       ///< not forgotten
  std::vector<const CallState*> open_calls_of(std::string_view path) const;  ///< forgotten ones too

  /// Bookkeeping of the rule for handled failures, by path; see failures.h.
  struct Failure {
    Sequence at = 0;    ///< event of the failure
    std::string scope;  ///< once handled: the scope that went on
  };
  using Failures = std::map<std::string, Failure, PathOrder>;
  Failures fresh_failures;    ///< failed in this session, not (yet) followed by anything
  Failures handled_failures;  ///< as StepState::handled, over all sessions
};

/// In `finally`, `on_fail` or `undo`: what a session runs besides the recipe.
bool is_ending(std::string_view path);

std::string value_key(std::string_view scope, std::string_view function, std::string_view key);

/// Journal first, then apply. Throws Error(Code::journal_corrupt) if the event contradicts the
/// state (an end without a beginning, a sequence that is not last + 1).
void apply(RunState& state, Event&& event);
void apply(RunState& state, const Event& event);

}  // namespace runbook
