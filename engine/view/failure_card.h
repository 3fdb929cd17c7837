#pragma once
// What is printed when a session did not end well: what failed and where in the recipe, why, the
// command and its last lines, the log, and what to type next (notes on the terminal: design §9).

#include <string>

#include "engine/base/error.h"
#include "engine/journal/run_state.h"
#include "engine/view/view.h"

namespace runbook {

/// `state` is the run as it was at the end of the session. Texts are redacted already.
std::string failure_card(const RunState& state, const std::string& run, const Error& error,
                         RunPhase phase, const LogFile& log_file);
/// For an error without a run: number, message, hint.
std::string error_lines(const Error& error);

}  // namespace runbook
