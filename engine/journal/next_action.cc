#include "engine/journal/next_action.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "engine/base/path.h"
#include "engine/journal/failures.h"

namespace runbook {
namespace {

bool is_begun(const StepState* step) {
  return step != nullptr && (step->attempts > 0 || step->state != State::pending);
}

std::vector<Sequence> unsettled_calls(const RunState& state, const StepState& step) {
  std::vector<Sequence> calls;
  for (const CallState* call : state.calls_of(step)) {
    if (call->end == CallState::End::open) {
      calls.push_back(call->begun);
    }
  }
  return calls;
}

// --- renamed steps -----------------------------------------------------------------------------

bool can_be_renamed(Kind kind) {
  return kind != Kind::item && kind != Kind::finally && kind != Kind::on_fail && kind != Kind::undo;
}

/// The one finished step that `request` may be the new name of. A function that served several
/// steps tells nothing about a name, and neither do several candidates.
const StepState* find_old_name(const RunState& state, const SessionView& view,
                               const StepRequest& request) {
  const auto uses = state.bodies.find(request.body);
  if (request.body == 0 || !can_be_renamed(request.kind) || uses == state.bodies.end()) {
    return nullptr;
  }
  const StepState* found = nullptr;
  for (const RunState::BodyUse& use : uses->second) {
    const StepState& step = state.steps[use.first];
    const bool alone = use.steps == 1 && step.body == request.body && step.site == use.site;
    if (!alone || !can_be_renamed(step.kind) || step.state != State::ok ||
        parent_path(step.path) != parent_path(request.path) || view.requested.contains(step.path)) {
      continue;
    }
    if (found != nullptr) {
      return nullptr;
    }
    found = &step;
  }
  return found;
}

Refuse refuse_rename(const StepState& old, const StepRequest& request) {
  const std::string_view old_name = last_segment(old.path);
  Error error(
      Code::step_renamed,
      fmt::format("step \"{}\" is new, and the finished step \"{}\", which the recipe no longer "
                  "asks for, had the same body",
                  request.path, old.path),
      fmt::format("renamed_from = \"{}\" in the step's options keeps the result; runbook resume "
                  "--accept-new runs \"{}\" as a new step",
                  old_name, request.path),
      Json{{"step", request.path}, {"renamed_from", old.path}});
  error.path = request.path;
  error.effect = EffectDone::none;
  return Refuse{std::move(error)};
}

Action first_action(const RunState& state, const SessionView& view, const StepRequest& request) {
  if (!request.renamed_from.empty()) {
    const StepState* old = state.find_step(request.renamed_from);
    if (is_begun(old) && old->state != State::pending && !view.requested.contains(old->path)) {
      return Adopt{old};
    }
  } else if (view.resumed && !view.accept_new) {
    if (const StepState* old = find_old_name(state, view, request)) {
      return refuse_rename(*old, request);
    }
  }
  return Execute{.attempt = 1, .body_changed = false};
}

// --- unknown outcomes --------------------------------------------------------------------------

Refuse refuse_unknown(const StepState& step) {
  std::string evidence = fmt::format("nobody can tell whether \"{}\" was done", step.path);
  if (!step.value.empty()) {
    evidence = Error::from_json(step.value.parse()).message;
  }
  Error error(Code::outcome_unknown, std::move(evidence));
  error.path = step.path;
  return Refuse{std::move(error)};
}

}  // namespace

Action next_action(const RunState& state, const SessionView& view, const StepRequest& request) {
  const StepState* step = state.find_step(request.path);
  if (step != nullptr && (has_result(step->state) ||
                          (step->state == State::failed && (step->handled || step->marked)))) {
    return Replay{step};
  }
  if (is_closed(state, request.path)) {
    return Withhold{};
  }
  if (!is_begun(step)) {
    return first_action(state, view, request);
  }
  std::vector<Sequence> calls = unsettled_calls(state, *step);
  if (!calls.empty()) {
    return Examine{std::move(calls)};
  }
  // Its calls are settled, so it is a finished call that the body no longer makes.
  if (step->state == State::unknown) {
    return refuse_unknown(*step);
  }
  return Execute{
      .attempt = step->attempts + 1,
      .body_changed = step->body != 0 && request.body != 0 && step->body != request.body};
}

CallAction next_call_action(const RunState& state, const CallRequest& request,
                            const std::unordered_set<Sequence>& claimed) {
  const StepState* step = state.find_step(request.step);
  if (step == nullptr) {
    return Act{};
  }
  const CallState* unclaimed = nullptr;
  for (const CallState* call : state.calls_of(*step)) {
    if (call->end == CallState::End::failed || call->primitive != request.primitive ||
        claimed.contains(call->begun)) {
      continue;
    }
    if (call->end == CallState::End::ok && call->fingerprint == request.fingerprint &&
        call->occurrence == request.occurrence) {
      return Claim{call};
    }
    unclaimed = call;
  }
  if (unclaimed == nullptr) {
    return Act{};
  }
  return Stuck{fmt::format(
      "{} calls {} with other arguments than the call that attempt {} {}; whether this one is "
      "to happen as well, nobody can tell",
      request.step, request.primitive, unclaimed->attempt,
      unclaimed->end == CallState::End::ok ? "finished" : "began")};
}

}  // namespace runbook
