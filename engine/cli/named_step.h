#pragma once
// Finding a step that was named on the command line.

#include <string>
#include <vector>

#include "engine/journal/run_state.h"

namespace runbook {

/// By its whole path: for commands that change something. Error(Code::step_not_found) with the
/// nearest path.
const StepState& get_step(const RunState& state, const std::string& path);
/// For commands that only look: the step of that path, else all that lie under it, else the only
/// one that begins so. Error(Code::step_not_found).
std::vector<const StepState*> steps_meant(const RunState& state, const std::string& text);
bool has_step_meant(const RunState& state, const std::string& text);

}  // namespace runbook
