// runbook resume [RUN]

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/cli/chosen_run.h"
#include "engine/cli/secret_names.h"
#include "engine/cli/session.h"
#include "engine/journal/journal.h"
#include "engine/recipe/runner.h"
#include "engine/view/ending.h"

namespace runbook {

namespace {

RunRow run_to_resume(Store& store, const Arguments& arguments) {
  if (!arguments.has("run")) {
    if (const std::optional<RunRow> row = newest_unfinished(store)) {
      return *row;
    }
  }
  return choose_run(store, arguments.has("run") ? arguments.text("run") : "");
}

/// Nothing is left to do: says so, and gives the results again.
int say_finished(Context& context, const Project& project, Store& store, const RunRow& row) {
  if (static_cast<RunPhase>(row.state) != RunPhase::ok) {
    throw Error(Code::run_finished, fmt::format("run {} has ended: {}", row.id,
                                                phase_name(static_cast<RunPhase>(row.state))));
  }
  context.err.write(fmt::format("Nothing left to do: run {} is done.\n", row.id));
  const RunState state = read_run_state(store, row.id);
  show_secret_names(context, project, row.id, state);
  context.out.write(output_lines(state));
  return 0;
}

int resume(Context& context) {
  const Project project = existing_project(context.arguments);
  RunOptions options = session_options(context.arguments, project);
  const std::unique_ptr<Store> store = open_sqlite_store(project.state, OpenMode::read_write);
  const RunRow row = run_to_resume(*store, context.arguments);
  if (!is_unfinished(row) && options.rerun.empty()) {
    return say_finished(context, project, *store, row);
  }
  options.run = row.id;
  options.recipe = project.root / row.recipe;
  return drive_session(context, project, *store, std::move(options));
}

}  // namespace

Command resume_command() {
  using enum CommandParameter::Count;
  Command command{
      "Everyday",
      "resume",
      "continue a run where it stopped",
      {{"run", "", "id or its beginning, @last, @failed (default: the newest unfinished)",
        optional}},
      resume};
  const std::vector<CommandParameter> shared = session_parameters();
  command.parameters.insert(command.parameters.end(), shared.begin(), shared.end());
  return command;
}

}  // namespace runbook
