#pragma once
// One session on the terminal: what `run` and `resume` share.

#include "engine/cli/command.h"
#include "engine/cli/state_folder.h"

namespace runbook {

struct RunOptions;

/// The parameters of the command line that a session takes.
std::vector<CommandParameter> session_parameters();
/// Those of a session that only ends a run (cancel, undo).
std::vector<CommandParameter> ending_parameters();
/// Fills in what session_parameters() declares.
RunOptions session_options(const Arguments& arguments, const Project& project);
/// Drives the session with the view of --output; returns the exit code.
int drive_session(Context& context, const Project& project, Store& store, RunOptions options);

}  // namespace runbook
