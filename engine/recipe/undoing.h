#pragma once
// Undo: what finished last is undone first, each by the function that the recorded recipe gave it,
// as a step `undo/<path>` (design §3.1).

#include <string>
#include <vector>

#include "engine/recipe/engine_parts.h"

namespace runbook {

struct Undo {
  std::string step;
  RawJson result;  ///< what the function is given
  StepUndo function;
};

/// All that is left to be undone, in order. REQUIRES: the record was replayed with collect_undos.
/// Error(undo_missing) naming the steps without a function; Error(step_not_found) if `except` names
/// something that would not be undone.
std::vector<Undo> plan_undo(const Session& session, const std::vector<std::string>& except);

/// The steps of --except count as undone from now on.
void record_exceptions(EngineParts& parts, const std::vector<std::string>& except,
                       const std::string& reason);

/// Stops at the first that fails, with its Error: what is under it may rest on it.
Task<void> undo_steps(EngineParts& parts, std::vector<Undo> undos);

}  // namespace runbook
