#include "engine/cli/state_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/step/step_log.h"

namespace runbook {

namespace fs = std::filesystem;

namespace {

/// Relative, if it lies under the current folder.
fs::path shortened(const fs::path& path) {
  const fs::path shorter = path.lexically_relative(fs::current_path());
  return shorter.empty() || *shorter.begin() == ".." ? path : shorter;
}

}  // namespace

Project project_of(const Arguments& arguments) {
  const char* variable = std::getenv("RUNBOOK_STATE");
  return find_project(fs::current_path(), arguments.has("state") ? arguments.text("state") : "",
                      variable == nullptr ? "" : variable);
}

Project existing_project(const Arguments& arguments) {
  Project project = project_of(arguments);
  if (!fs::is_directory(project.state)) {
    throw Error(Code::run_not_found,
                fmt::format("there are no runs: {} does not exist", project.state.string()),
                "go to the project's folder, or name the state with --state FOLDER");
  }
  has_store(project);
  return project;
}

bool has_store(const Project& project) {
  std::error_code hidden;
  const fs::file_status status = fs::status(project.state / "state.db", hidden);
  if (!fs::status_known(status)) {
    throw Error(Code::store_unreadable,
                fmt::format("cannot look into {}: {}", project.state.string(), hidden.message()),
                "runbook doctor says what is wrong with it");
  }
  return fs::exists(status);
}

void make_state_folder(const Project& project) {
  has_store(project);
  const fs::path ignore = project.state / ".gitignore";
  if (!fs::exists(ignore)) {
    make_private_directory(project.state);
    write_file_atomically(ignore, "*\n");
  }
}

fs::path run_folder(const Project& project, std::string_view run) {
  return project.state / "runs" / run;
}

bool takes_state(const Command& command) {
  return std::ranges::any_of(command.parameters, [](const CommandParameter& parameter) {
    return parameter.name == kStateParameter.name;
  });
}

StateOption state_option_for(const Arguments& arguments) {
  const Project project = project_of(arguments);
  const Project found = find_project(fs::current_path(), "", "");
  if (project.state == found.state) {
    return {};
  }
  std::vector<std::string_view> commands;
  for (const Command& command : all_commands()) {
    if (takes_state(command)) {
      commands.push_back(command.name);
    }
  }
  return {shortened(project.state).string(), std::move(commands)};
}

LogFile log_files(const Project& project) {
  const fs::path runs = shortened(project.state / "runs");
  return [runs](const std::string& run, std::size_t ordinal, const StepState& step) {
    return (runs / run / "logs" / step_log_name(ordinal, step.path, step.attempts)).string();
  };
}

}  // namespace runbook
