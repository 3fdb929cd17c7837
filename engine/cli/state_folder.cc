#include "engine/cli/state_folder.h"

#include <fmt/format.h>

#include <cstdlib>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/step/step_log.h"

namespace runbook {

namespace fs = std::filesystem;

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
  return project;
}

void make_state_folder(const Project& project) {
  const fs::path ignore = project.state / ".gitignore";
  if (!fs::exists(ignore)) {
    make_private_directory(project.state);
    write_file_atomically(ignore, "*\n");
  }
}

fs::path run_folder(const Project& project, std::string_view run) {
  return project.state / "runs" / run;
}

LogFile log_files(const Project& project) {
  fs::path runs = project.state / "runs";
  const fs::path shorter = runs.lexically_relative(fs::current_path());
  if (!shorter.empty() && *shorter.begin() != "..") {
    runs = shorter;
  }
  return [runs](const std::string& run, std::size_t ordinal, const StepState& step) {
    return (runs / run / "logs" / step_log_name(ordinal, step.path, step.attempts)).string();
  };
}

}  // namespace runbook
