#pragma once
// What a resume is about to do: for people, who like to know before.

#include <string>
#include <vector>

#include "engine/journal/run_state.h"

namespace runbook {

/// The paths, with the items of each `each` and `parallel` as one: "fund the team (12)".
std::vector<std::string> kept_names(const RunState& state, const std::vector<std::string>& paths);
/// "roll out (attempt 3)".
std::string attempted(const RunState& state, const std::string& step);
/// The steps that came after `next` in the last finished run of this recipe and have no result
/// here; empty if there is no such run, or it is too long to be read for this.
std::vector<std::string> expected_steps(Store& store, const RunState& state,
                                        const std::string& next);

}  // namespace runbook
