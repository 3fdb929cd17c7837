#pragma once
// Finding a step that was named on the command line.

#include <string>

#include "engine/journal/run_state.h"

namespace runbook {

/// Error(Code::step_not_found) with the nearest path.
const StepState& get_step(const RunState& state, const std::string& path);

}  // namespace runbook
