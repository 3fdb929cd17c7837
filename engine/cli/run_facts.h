#pragma once
// What is true of a run now beside its events: who drives it, which of its services live.

#include "engine/cli/command.h"
#include "engine/cli/state_folder.h"
#include "engine/view/run_page.h"

namespace runbook {

/// pid of the process that drives the run, 0 if nobody does.
int driver_of(const Project& project, const std::string& run);
/// The row's state, corrected by who drives it: a run left by a killed process is interrupted.
RunPhase row_phase(const RunRow& row, int driver);
/// A run in a list: id, state, when it last moved, recipe, before it its name if it has one of its
/// own.
std::string run_line(const RunRow& row, int driver, Timestamp now, std::string_view indent);
RunFacts run_facts(Context& context, const Project& project, const RunRow& row,
                   const RunState& state);
/// One line for each recorded service, from its lock and status file.
std::vector<ServiceLine> service_lines(Context& context, const Project& project,
                                       const std::string& run, const RunState& state);

}  // namespace runbook
