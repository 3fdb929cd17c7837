#include "engine/journal/undo_order.h"

#include <algorithm>

#include "engine/base/path.h"

namespace runbook {
namespace {

/// What the session itself runs is not undone.
bool is_of_the_recipe(const StepState& step) {
  return !is_under(step.path, "undo") && !is_under(step.path, "finally") &&
         !is_under(step.path, "on_fail");
}

/// Undone, or marked or skipped by somebody who did it by hand; not merely a step of this name
/// inside the undo of another.
bool is_undone(const RunState& state, const StepState& step) {
  const StepState* undo = state.find_step(undo_path(step.path));
  return undo != nullptr && (undo->state == State::ok || undo->state == State::skipped) &&
         (undo->kind == Kind::undo || undo->attempts == 0);
}

}  // namespace

std::vector<const StepState*> steps_to_undo(const RunState& state) {
  std::vector<const StepState*> steps;
  for (const StepState& step : state.steps) {
    if (step.has_undo && step.state == State::ok && is_of_the_recipe(step) &&
        !is_undone(state, step)) {
      steps.push_back(&step);
    }
  }
  std::ranges::sort(steps, std::ranges::greater(), &StepState::finished);
  return steps;
}

std::string undo_path(std::string_view step) {
  return join_path("undo", step);
}

bool undo_has_begun(const RunState& state) {
  return std::ranges::any_of(state.steps, [](const StepState& step) {
    return step.kind == Kind::undo && step.state != State::pending;
  });
}

}  // namespace runbook
