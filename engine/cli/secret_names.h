#pragma once
// Commands that show a run that is not driven here know no secret's value, but its name.

#include <string>

#include "engine/cli/command.h"
#include "engine/cli/state_folder.h"
#include "engine/journal/run_state.h"

namespace runbook {

/// From now on what is written says "[secret NAME]" where the journal has a placeholder:
/// parameters, secret(), and what the run's secret file has. For output that people read.
void show_secret_names(Context& context, const Project& project, const std::string& run,
                       const RunState& state);

}  // namespace runbook
