#pragma once
// What `undo` has to do: a pure function of the run's state.

#include <string>
#include <string_view>
#include <vector>

#include "engine/journal/run_state.h"

namespace runbook {

/// The finished steps that came with an undo function and are not undone yet: those that finished
/// last come first.
std::vector<const StepState*> steps_to_undo(const RunState& state);

/// "deploy/token" → "undo/deploy/token": the step that undoes it. If "deploy" can be undone too,
/// "undo/undo/deploy/token": what runs inside "undo/deploy" bears names that the recipe chose.
std::string undo_path(const RunState& state, std::string_view step);

/// Results are gone that the record still has: the recipe must not go on.
bool undo_has_begun(const RunState& state);

}  // namespace runbook
