#pragma once
// What a resume is about to do: for people, who like to know before.

#include <optional>
#include <string>
#include <vector>

#include "engine/journal/run_state.h"

namespace runbook {

/// The paths, with the items of each `each` and `parallel` as one: "fund the team (12)".
std::vector<std::string> kept_names(const RunState& state, const std::vector<std::string>& paths);
/// Each call whose end is not recorded, whatever happened to its step.
std::vector<std::string> open_call_texts(const RunState& state);
/// "roll out (attempt 3)".
std::string attempted(const RunState& state, const std::string& step);
/// The last finished run of the recipe; nullopt if there is none, or it is too long to be read for
/// this.
std::optional<RunState> last_finished_run(Store& store, const std::string& recipe);
/// The steps that came after `next` in that run and have no result here.
std::vector<std::string> expected_steps(const RunState& finished, const RunState& state,
                                        const std::string& next);

}  // namespace runbook
