// A session that executes nothing (replay_only): the recipe is led as far as its record goes, so
// that a cancel knows its `finally`s and an undo its undo functions.

#include <utility>

#include "engine/base/path.h"
#include "engine/journal/undo_order.h"
#include "engine/step/session_impl.h"

namespace runbook {

bool Session::replays_only() const {
  return impl_->settings.replay_only;
}

void Session::end_replay() {
  impl_->settings.replay_only = false;
  impl_->settings.collect_undos = false;
}

const std::map<std::string, StepUndo>& Session::undos() const {
  return impl_->undos;
}

Task<RawJson> Session::from_record(Scope& outer, std::string path, StepSpec spec, Body body) {
  const Action action = decide(path, spec);
  if (impl_->settings.collect_undos) {
    if (spec.options.undo) {
      impl_->undos[path] = spec.options.undo;
    }
    if (impl_->above_undos.contains(path)) {
      co_await look_for_undos(outer, path, std::move(body));
    }
  }
  if (const auto* replay = std::get_if<Replay>(&action)) {
    co_return recorded_end(*replay->step, spec);
  }
  if (std::holds_alternative<Withhold>(action)) {
    withhold(path, spec);
  }
  throw RecordEnds();
}

// Enters the body of a step for nothing but the steps in it. However it ends, the step's end is the
// recorded one; an undo function that was not reached is missed by name before anything is undone.
Task<void> Session::look_for_undos(Scope& outer, std::string path, Body body) {
  Attempt attempt;
  attempt.path = path;
  attempt.number = state().find_step(path)->attempts;
  Scope scope{
      .path = path, .attempt = &attempt, .cancel = outer.cancel->child(), .mode = Mode::act};
  try {
    co_await body(scope);
  } catch (const Error&) {
    co_return;
  } catch (const Skipped&) {
    co_return;
  } catch (const RecordEnds&) {
    co_return;
  }
}

// Only once calls have a recorded result; what a body would be without it, nobody can tell.
Task<Json> Session::call_from_record(Scope& scope, CallSpec spec) {
  if (spec.effect != Effect::once) {
    throw RecordEnds();
  }
  const std::string print = spec.fingerprint();
  const CallRequest request{.step = scope.attempt->path,
                            .primitive = spec.primitive,
                            .fingerprint = print,
                            .occurrence = scope.attempt->occurrences[{spec.primitive, print}]++};
  const CallAction action = next_call_action(state(), request, scope.attempt->claimed);
  if (const auto* claim = std::get_if<Claim>(&action)) {
    co_return co_await claimed_result(scope, *claim->call);
  }
  throw RecordEnds();
}

}  // namespace runbook
