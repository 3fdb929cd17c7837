#pragma once
// What rewinding and renaming do to the fold, and which functions served which steps.

#include <string>
#include <string_view>

#include "engine/journal/run_state.h"

namespace runbook {

/// Clears the results of all forgotten paths. Of those above `rewound.to` only the result goes:
/// their calls and recorded values stay, since their bodies run again up to the forgotten step.
void forget_results(RunState& state, const event::RunRewound& rewound);
/// Gives the history of step `from`, and of all steps under it, to `to`. False if there is no such
/// step, or `to` has a history of its own: nothing was changed.
bool rename_step(RunState& state, std::string_view from, std::string_view to);
/// Counts the step at `index` as served by the function that `started` names. REQUIRES: the step
/// does not have the new body and site yet.
void record_body(RunState& state, std::uint32_t index, const event::StepStarted& started);

/// The scope a recorded value belongs to; the inverse of value_key().
std::string_view scope_of_key(std::string_view value_key);

}  // namespace runbook
