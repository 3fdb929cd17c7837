#pragma once
// What a run's state means for the person in front of it: why it is not moving, and what to type.

#include <string>
#include <string_view>
#include <vector>

#include "engine/journal/run_state.h"

namespace runbook {

/// The phase as it is now: a session without a recorded end that nobody drives is interrupted.
RunPhase phase_now(const RunState& state, bool driven);
/// Likewise for a step: `running` without a driver is interrupted.
State step_state_now(const StepState& step, bool driven);

/// A command to type, and what it does in a few words.
struct NextStep {
  std::string command, meaning;
};

/// What can be done in this phase, the best first; empty when nothing is left to do.
std::vector<NextStep> next_steps(const RunState& state, const std::string& run, RunPhase phase);
/// Only the commands.
std::vector<std::string> next_commands(const RunState& state, const std::string& run,
                                       RunPhase phase);
/// One sentence; empty when the run is over. `driver` is the pid that drives it, 0 if nobody does.
std::string why_not_moving(const RunState& state, RunPhase phase, int driver, Timestamp now);

}  // namespace runbook
