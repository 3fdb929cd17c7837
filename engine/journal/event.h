#pragma once
// Events: what a run's journal is made of. State exists only as the fold of these (run_state.h).
//
// Journal format 1. An event is a StoredEvent: sequence, time, type, state, kind, attempt, body and
// step are columns, the rest of the variant is the payload, a JSON object with the field names
// below (absent = default). For step.finished the payload *is* the result (state ok, skipped) or
// the error (other states), so that it can be kept unparsed. Chain: hash(n) = sha256(hash(n-1) ‖
// u64 sequence ‖ i64 time ‖ i32 type ‖ i32 state ‖ i32 kind ‖ u32 attempt ‖ i64 body ‖
//        u32 length ‖ step ‖ u32 length ‖ payload), little endian; hash(0) = 32 zero bytes. A row
// keeps link(n), the first 8 bytes of hash(n) as a little endian i64, so that damage is found where
// it is; the run's row keeps the whole hash of its last event.
//
// The numbers of Type, State, RunEnd and Kind are on disk: DO NOT CHANGE OR REUSE THEM.
// A new event: a struct here, its row in the variant and in event.cc, a case in apply(); the
// compiler finds the rest.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/json.h"
#include "engine/store/store.h"

namespace runbook {

/// States of a step (design §2).
enum class State : int {
  pending = 0,
  running = 1,
  ok = 2,
  failed = 3,
  interrupted = 4,
  unknown = 5,
  waiting = 6,
  skipped = 7,
  cancelled = 8,
};
/// It is over, and what follows it reads its value.
constexpr bool has_result(State state) {
  return state == State::ok || state == State::skipped;
}
/// States of a run.
enum class RunPhase : int {
  running = 1,
  interrupted = 2,
  waiting = 3,
  failed = 4,
  unknown = 5,
  cancelled = 6,
  ok = 7,
  undone = 8,
};
std::string_view state_name(State state);
std::string_view phase_name(RunPhase phase);

/// What kind of request a step is.
enum class Kind : int {
  step = 1,
  item = 2,  ///< an item of each or parallel: its parent prefix is a fan-out, its siblings are
             ///< concurrent
  wait = 3,  ///< wait_until
  sleep = 4,
  gate = 5,
  ask = 6,
  manual = 7,
  finally = 8,
  on_fail = 9,
  undo = 10,
};
std::string_view kind_name(Kind kind);
/// A step of this kind changes nothing while it runs.
bool only_waits(Kind kind);

namespace event {

struct RunCreated {
  std::string recipe, name, root;
  Json parameters, sources, limits;
  Json secrets;  ///< HMAC fingerprints of the secret parameters, by name
  std::string user, host;
};
struct SessionStarted {
  bool resumed = false;
  int pid = 0;
  std::string user, host, boot;
  Json options, sources;
};
/// `error` is what ended it (its `path` tells which request was not handled after all). exit as
/// design §9.
struct SessionEnded {
  RunPhase state = RunPhase::failed;
  int exit = 0;
  Json error;
};
struct RunFinished {
  RunPhase state = RunPhase::ok;
};
/// Forgets results: each path of `forgotten` and nothing else (the writer lists descendants and
/// ancestors).
struct RunRewound {
  std::string kind, to, reason, actor;
  std::vector<std::string> forgotten;
};

/// `inputs` is the fingerprint of the step's inputs =, empty if it has none.
/// `site` is "file:line" of the body; body 0 = no hash. `renamed_from` set: continues that step's
/// history. `has_undo`: the body came with an undo function (absent in older journals: false).
struct StepStarted {
  Kind kind = Kind::step;
  std::int64_t body = 0;
  std::string site;
  std::string inputs;
  bool has_undo = false;
};
/// `value` is the result (ok, skipped: null or absent) or the error. `ended` is when its work ended
/// if that was earlier.
struct StepFinished {
  State state = State::ok;
  RawJson value;
};
struct StepRetrying {
  Json error;
  std::int64_t delay_ms = 0;
};
/// until = 0: no known end. `why` is shown. Of a step that acts, and whose call waits for
/// something: it keeps running, and an empty `why` says that it goes on.
struct StepWaiting {
  std::string why;
  Timestamp until = 0;
};
/// By hand, or a rename (`renamed_from` set; then `value` is the old result).
struct StepMarked {
  State state = State::ok;
  RawJson value;
  std::string reason, actor, renamed_from;
};
struct StepSkipped {
  std::string reason, actor;
  RawJson value;
};

/// A once call, before its effect. Identity within the step: primitive, fingerprint, occurrence.
struct CallBegun {
  std::string primitive, fingerprint, resource;
  std::uint32_t occurrence = 0;
  Json arguments, intent;
};
struct CallAmended {
  Sequence call = 0;
  Json intent;
};
/// Exactly one of result and error. `settled` says how, when a probe or a person ended it ("probe",
/// "step probe", "mark", "rerun").
struct CallEnded {
  Sequence call = 0;
  RawJson result;
  Json error;
  std::string settled;
};

/// now, random, uuid, env. `key` = name, arguments or ordinal, made by the step layer. The step
/// column is the scope.
struct ValueRecorded {
  std::string function, key;
  Json value;
};

/// A gate, ask or manual step asks a person. `fields` are the declarations of what is to be
/// answered, by name, as recipe{ params } has them; null: approve or deny. `by`: user names and
/// "@group"s; empty: anybody. expires = 0: never. `digest` covers text, shown and fields.
struct GateOpened {
  Json shown;
  std::string text, digest;
  Json fields;
  std::vector<std::string> by;
  Timestamp expires = 0;
};
/// `verdict` is "approved", "denied" or "answered" (then `answer` has the values by field, secrets
/// as references).
struct AnswerRecorded {
  Json answer;
  std::string verdict, actor, comment;
};
struct TargetRecorded {
  std::string name;
  Json value;
};
struct ServiceStarted {
  std::string name;
  Json service;
};  ///< see engine/service
struct ServiceEnded {
  std::string name;
  Json status;
};
struct StatePut {
  std::string key;
  Json value;
};
struct OutputSet {
  Json values;
};
struct AttachmentAdded {
  std::string name, blob, caption;
  std::uint64_t size = 0;
};
struct NoteAdded {
  std::string text;
};
/// The run is to end for good: nothing but its `finally`s runs from now on.
struct CancelRequested {
  std::string reason, actor;
};

}  // namespace event

/// The alternatives are in the order of their frozen numbers: type = index + 1.
using Payload =
    std::variant<event::RunCreated, event::SessionStarted, event::SessionEnded, event::RunFinished,
                 event::RunRewound, event::StepStarted, event::StepFinished, event::StepRetrying,
                 event::StepWaiting, event::StepMarked, event::StepSkipped, event::CallBegun,
                 event::CallAmended, event::CallEnded, event::ValueRecorded, event::GateOpened,
                 event::AnswerRecorded, event::TargetRecorded, event::ServiceStarted,
                 event::ServiceEnded, event::StatePut, event::OutputSet, event::AttachmentAdded,
                 event::NoteAdded, event::CancelRequested>;

struct Event {
  Sequence sequence = 0;
  Timestamp time = 0;
  std::string step;  ///< path, or the scope of a recorded value; empty = the run itself
  std::uint32_t attempt = 0;
  Payload payload;
};

/// "step.finished" … as in design §8 and JSON lines.
std::string_view event_name(const Payload& payload);
StoredEvent encode(const Event& event);
/// Throws Error(Code::journal_corrupt) for an unknown type, a wrong field or malformed JSON, naming
/// the sequence.
Event decode(StoredEvent&& stored);
/// The JSON-lines form: {v, seq, ts, run, type, step, attempt, …payload fields}. `state` as a word;
/// result or error by name.
OrderedJson to_json_line(const Event& event, std::string_view run);
Digest chain(const Digest& previous, const StoredEvent& event);
std::int64_t link_of(const Digest& hash);

}  // namespace runbook
