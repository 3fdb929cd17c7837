#pragma once
// The project's .runbook folder as commands use it: found or made, and the places in it.

#include <filesystem>
#include <string_view>

#include "engine/cli/command.h"
#include "engine/recipe/project.h"
#include "engine/view/view.h"

namespace runbook {

/// --state, else RUNBOOK_STATE, else found from the current folder upwards; it may not exist yet.
Project project_of(const Arguments& arguments);
/// Likewise for commands that read: Error(Code::run_not_found) if it does not exist.
Project existing_project(const Arguments& arguments);
/// Whether there has been a run. Error(Code::store_unreadable) if the folder hides it.
bool has_store(const Project& project);
/// Makes the folder if need be, with a .gitignore of its own.
void make_state_folder(const Project& project);

bool takes_state(const Command& command);
/// Put into commands that are suggested: they find the same folder when they are typed here.
StateOption state_option_for(const Arguments& arguments);

std::filesystem::path run_folder(const Project& project, std::string_view run);
/// Where a step's log is, shortened for showing when it lies under the current folder.
LogFile log_files(const Project& project);

}  // namespace runbook
