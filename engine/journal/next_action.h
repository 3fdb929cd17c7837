#pragma once
// What to do with a requested step: a pure function of the run's state. All durable semantics are
// tested here, without disk, clock or Lua.

#include <optional>
#include <string>
#include <unordered_set>
#include <variant>
#include <vector>

#include "engine/base/error.h"
#include "engine/journal/run_state.h"

namespace runbook {

struct StepRequest {
  std::string path;
  Kind kind = Kind::step;
  std::int64_t body = 0;     ///< 0 = no hash
  std::string site;          ///< "file:line"
  std::string renamed_from;  ///< full path of the old name, empty if none
};

/// What this session knows beyond the journal.
struct SessionView {
  bool resumed = false;
  bool accept_new = false;
  std::unordered_set<std::string> requested;  ///< paths requested so far in this session
};

/// Give the recorded end: the result (ok, skipped), or raise the recorded error (a handled failure,
/// marked failed).
struct Replay {
  const StepState* step;
};
/// Record that `from`'s result now belongs to this path (step.marked, renamed_from), then replay
/// it.
struct Adopt {
  const StepState* from;
};
/// Begin attempt number `attempt`. `body_changed`: it was begun before with another text.
struct Execute {
  std::uint32_t attempt = 1;
  bool body_changed = false;
};
/// Calls began that have no end: examine each, then ask again.
struct Examine {
  std::vector<Sequence> calls;
};
/// Lies in a failed fan-out that the recipe handled: nothing starts, the item counts as cancelled.
struct Withhold {};
struct Refuse {
  Error error;
};
using Action = std::variant<Replay, Adopt, Execute, Examine, Withhold, Refuse>;

/// REQUIRES: request.path is not in view.requested (the session refuses duplicates before).
Action next_action(const RunState& state, const SessionView& view, const StepRequest& request);

/// What a once call about to be made finds (design §3.2): a finished equal call to return, a call
/// that must be settled by a person (a finished call of the same primitive is unclaimed: message),
/// or nothing: act. `claimed` = calls of this step already returned or made in this attempt.
struct CallRequest {
  std::string step, primitive, fingerprint;
  std::uint32_t occurrence = 0;
};
struct Claim {
  const CallState* call;
};
struct Act {};
struct Stuck {
  std::string evidence;
};
using CallAction = std::variant<Claim, Act, Stuck>;
CallAction next_call_action(const RunState& state, const CallRequest& request,
                            const std::unordered_set<Sequence>& claimed);

/// "; did you mean deploy?" of the steps that the run knows; empty if none is near.
std::string near_step(const RunState& state, std::string_view path);
/// Error(Code::step_not_found) with the nearest name.
[[noreturn]] void refuse_step(const RunState& state, std::string_view path);

/// The paths `--rerun P` forgets: P, its descendants and its ancestors' results.
/// Error(Code::step_not_found) with the nearest name.
std::vector<std::string> forgotten_by_rerun(const RunState& state, std::string_view path);

/// The paths `rewind --to P` forgets: P, its descendants, its ancestors' results, and every step
/// that started after P finished, except what runs beside P in the same each or parallel (P's own
/// item and the items around it). Same error.
std::vector<std::string> forgotten_by_rewind(const RunState& state, std::string_view path);

/// The once calls that are made again when `forgotten` is forgotten for the sake of `path`: those
/// that finished, and those that are open (whatever happened to their step), of which nobody knows.
std::vector<const CallState*> calls_made_again(const RunState& state, std::string_view path,
                                               const std::vector<std::string>& forgotten);

}  // namespace runbook
