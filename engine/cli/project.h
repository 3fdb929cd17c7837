#pragma once
// Where a project keeps its runs: the .runbook folder, and the root that relative paths start at.

#include <filesystem>
#include <memory>
#include <string>

#include "engine/cli/command.h"
#include "engine/store/store.h"
#include "engine/view/view.h"

namespace runbook {

struct Project {
  std::filesystem::path state_folder;  ///< absolute
  std::filesystem::path root;          ///< absolute; the folder of .runbook

  std::filesystem::path run_folder(std::string_view run) const;
};

/// --state, else RUNBOOK_STATE, else the nearest .runbook from the current folder upwards.
/// Error(Code::run_not_found) if there is none.
Project find_project(const Arguments& arguments);
/// Likewise for a new run, from the recipe's folder upwards; if there is none it is created: at the
/// top of the git working tree, else in the current folder if the recipe lies under it, else beside
/// the recipe.
Project make_project(const Arguments& arguments, const std::filesystem::path& recipe);

/// Where a step's log is, shortened for showing when it lies under the current folder.
LogFile log_files(const Project& project);

}  // namespace runbook
