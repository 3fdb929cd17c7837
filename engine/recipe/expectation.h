#pragma once
// What a resume is about to do: for people, who like to know before.

#include <string>
#include <vector>

#include "engine/journal/run_state.h"

namespace runbook {

/// "roll out (attempt 3)".
std::string attempted(const RunState& state, const std::string& step);
/// The steps that came after `next` in the last finished run of this recipe and have no result
/// here; empty if there is no such run, or it is too long to be read for this.
std::vector<std::string> expected_steps(Store& store, const RunState& state,
                                        const std::string& next);

}  // namespace runbook
