#pragma once
// The end for good of a run that is not done (design §3.1): cancel.requested first, then nothing
// but what its record registered as `finally`, in a session of Purpose::cancel.

#include <string>

#include "engine/recipe/engine_parts.h"

namespace runbook {

/// Stops a driving session because its run was cancelled: its children as at the second Ctrl-C.
/// drive() goes on with a session of Purpose::cancel. Nothing happens in one. REQUIRES:
/// cancel.requested is appended, and who sent it has its answer: the loop ends soon.
void request_cancel(EngineParts& parts);

/// cancel.requested, unless the record has it.
void record_cancel(EngineParts& parts, const std::string& reason);

/// The record says that the run is to end for good, and it has not.
bool is_cancelled(const RunState& state);

}  // namespace runbook
