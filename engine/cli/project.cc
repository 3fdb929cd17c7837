#include "engine/cli/project.h"

#include <fmt/format.h>

#include <cstdlib>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/step/step_log.h"

namespace runbook {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kFolder = ".runbook";

/// The nearest folder from `start` upwards that has an entry `name`; empty if none has.
fs::path find_upwards(const fs::path& start, std::string_view name) {
  for (fs::path folder = start;; folder = folder.parent_path()) {
    std::error_code unreadable;
    if (fs::exists(folder / name, unreadable)) {
      return folder;
    }
    if (folder == folder.parent_path()) {
      return {};
    }
  }
}

bool lies_under(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

/// Where a project without .runbook begins.
fs::path top_of_project(const fs::path& folder) {
  if (fs::path top = find_upwards(folder, ".git"); !top.empty()) {
    return top;
  }
  const fs::path here = fs::current_path();
  return lies_under(folder, here) ? here : folder;
}

/// The folder that was named on the command line or in the environment; empty if none was.
fs::path named_folder(const Arguments& arguments) {
  const char* variable = std::getenv("RUNBOOK_STATE");
  std::string text;
  if (arguments.has("state")) {
    text = arguments.text("state");
  } else if (variable != nullptr) {
    text = variable;
  }
  if (text.empty()) {
    return {};
  }
  fs::path folder = fs::absolute(text).lexically_normal();
  return folder.has_filename() ? folder : folder.parent_path();
}

Project project_at(const fs::path& folder, const fs::path& start) {
  return {folder, folder.filename() == kFolder ? folder.parent_path() : top_of_project(start)};
}

}  // namespace

fs::path Project::run_folder(std::string_view run) const {
  return state_folder / "runs" / run;
}

Project find_project(const Arguments& arguments) {
  const fs::path here = fs::current_path();
  const fs::path named = named_folder(arguments);
  if (!named.empty()) {
    if (!fs::is_directory(named)) {
      throw Error(Code::run_not_found, fmt::format("there is no folder {}", named.string()),
                  "--state names a .runbook folder");
    }
    return project_at(named, here);
  }
  const fs::path root = find_upwards(here, kFolder);
  if (root.empty()) {
    throw Error(Code::run_not_found,
                fmt::format("there is no {} in {} or above it", kFolder, here.string()),
                "go to the project's folder, or name the state with --state FOLDER");
  }
  return {root / kFolder, root};
}

Project make_project(const Arguments& arguments, const fs::path& recipe) {
  const fs::path start = recipe.parent_path();
  const fs::path named = named_folder(arguments);
  Project project;
  if (!named.empty()) {
    project = project_at(named, start);
  } else {
    const fs::path existing = find_upwards(start, kFolder);
    project.root = existing.empty() ? top_of_project(start) : existing;
    project.state_folder = project.root / kFolder;
  }
  make_private_directory(project.state_folder);
  const fs::path ignore = project.state_folder / ".gitignore";
  if (!fs::exists(ignore)) {
    write_file_atomically(ignore, "*\n");
  }
  return project;
}

LogFile log_files(const Project& project) {
  fs::path runs = project.state_folder / "runs";
  const fs::path here = fs::current_path();
  if (lies_under(runs, here)) {
    runs = runs.lexically_relative(here);
  }
  return [runs](const std::string& run, std::size_t ordinal, const StepState& step) {
    return (runs / run / "logs" / step_log_name(ordinal, step.path, step.attempts)).string();
  };
}

}  // namespace runbook
