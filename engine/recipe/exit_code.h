#pragma once
// From what ended a session to the process's exit code (design §9).

#include "engine/base/error.h"
#include "engine/journal/run_state.h"

namespace runbook {

/// The exit code of an error that nobody handled. A recipe error before the first step is 3, fail{
/// exit = } says its own.
int exit_code(const Error& error, const RunState& state);

}  // namespace runbook
