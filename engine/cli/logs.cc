// runbook logs [RUN] [STEP]: what a step's commands printed.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/cli/chosen_run.h"
#include "engine/cli/named_step.h"
#include "engine/cli/state_folder.h"
#include "engine/journal/journal.h"
#include "engine/step/step_log.h"

namespace runbook {

namespace fs = std::filesystem;

namespace {

fs::path log_of(const fs::path& logs, const RunState& state, const StepState& step,
                std::uint32_t attempt) {
  return logs / step_log_name(state.step_index.at(step.path) + 1, step.path, attempt);
}

std::uint32_t wanted_attempt(const Arguments& arguments, const StepState& step) {
  if (!arguments.has("attempt")) {
    return step.attempts;
  }
  const std::string& text = arguments.text("attempt");
  const unsigned long attempt = std::strtoul(text.c_str(), nullptr, 10);
  if (attempt == 0 || attempt > step.attempts) {
    throw Error(Code::usage, fmt::format("{} has {} attempts, and no attempt \"{}\"", step.path,
                                         step.attempts, text));
  }
  return static_cast<std::uint32_t>(attempt);
}

/// The log of the newest attempt of every step that wrote one, in the order of the run.
void print_all(Context& context, const fs::path& logs, const RunState& state) {
  for (const StepState& step : state.steps) {
    const fs::path file = log_of(logs, state, step, step.attempts);
    if (fs::exists(file)) {
      context.out.write(fmt::format("== {} (attempt {})\n", step.path, step.attempts));
      context.out.write(read_file(file));
    }
  }
}

/// `logs X`: a run if one is called so, else a step of the newest run.
bool names_a_run(Store& store, const std::string& text) {
  const std::vector<RunRow> rows = store.list_runs();
  return text.starts_with('@') || std::any_of(rows.begin(), rows.end(), [&](const RunRow& row) {
           return row.id.starts_with(text);
         });
}

int logs(Context& context) {
  const Arguments& arguments = context.arguments;
  const Project project = existing_project(arguments);
  const std::unique_ptr<Store> store = open_sqlite_store(project.state, OpenMode::read_only);
  std::string run = arguments.has("run") ? arguments.text("run") : "";
  std::string path = arguments.has("step") ? arguments.text("step") : "";
  if (path.empty() && !run.empty() && !names_a_run(*store, run)) {
    path.swap(run);
  }
  const RunRow row = choose_run(*store, run);
  const RunState state = read_run_state(*store, row.id);
  const fs::path folder = run_folder(project, row.id) / "logs";
  if (path.empty()) {
    print_all(context, folder, state);
    return 0;
  }
  const StepState& step = get_step(state, path);
  const fs::path file = log_of(folder, state, step, wanted_attempt(arguments, step));
  if (!fs::exists(file)) {
    context.err.write(fmt::format("{} printed nothing in that attempt\n", step.path));
    return 0;
  }
  context.out.write(read_file(file));
  return 0;
}

}  // namespace

Command logs_command() {
  using enum CommandParameter::Count;
  return {"Everyday",
          "logs",
          "what the commands of a step printed",
          {{"run", "", "id or its beginning, @last, @failed (default: the newest)", optional},
           {"step", "", "path of a step (default: all)", optional},
           {"--attempt", "N", "an earlier attempt", optional},
           kStateParameter},
          logs};
}

}  // namespace runbook
