#include "engine/journal/undo_order.h"

#include <algorithm>

#include "engine/base/path.h"

namespace runbook {
namespace {

/// Undone, or marked or skipped by somebody who did it by hand.
bool is_undone(const RunState& state, const StepState& step) {
  const StepState* undo = state.find_step(undo_path(state, step.path));
  return undo != nullptr && has_result(undo->state);
}

}  // namespace

std::vector<const StepState*> steps_to_undo(const RunState& state) {
  std::vector<const StepState*> steps;
  for (const StepState& step : state.steps) {
    if (step.has_undo && step.state == State::ok && !is_ending(step.path) &&
        !is_undone(state, step)) {
      steps.push_back(&step);
    }
  }
  std::ranges::sort(steps, std::ranges::greater(), &StepState::finished);
  return steps;
}

std::string undo_path(const RunState& state, std::string_view step) {
  std::string path = join_path("undo", step);
  const StepState* recorded = state.find_step(path);
  if (recorded != nullptr && recorded->kind == Kind::undo) {
    return path;  // also where an older version named all of them so
  }
  for (std::string_view above = parent_path(step); !above.empty(); above = parent_path(above)) {
    const StepState* around = state.find_step(above);
    if (around != nullptr && around->has_undo) {
      path = join_path("undo", path);
    }
  }
  return path;
}

bool undo_has_begun(const RunState& state) {
  return std::ranges::any_of(state.steps, [](const StepState& step) {
    return step.kind == Kind::undo && step.state != State::pending;
  });
}

}  // namespace runbook
