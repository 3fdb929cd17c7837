// runbook undo RUN: runs the undo functions of the finished steps, backwards. Lists them, and asks.

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/cli/chosen_run.h"
#include "engine/cli/confirmation.h"
#include "engine/cli/run_facts.h"
#include "engine/cli/secret_names.h"
#include "engine/cli/session.h"
#include "engine/journal/journal.h"
#include "engine/journal/undo_order.h"
#include "engine/recipe/runner.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

std::string plan_text(const RunState& state, const std::vector<std::string>& except) {
  std::string text = "To be undone, in this order:\n";
  for (const StepState* step : steps_to_undo(state)) {
    const bool left = std::ranges::find(except, step->path) != except.end();
    const Json result = step->value.parse();
    text += fmt::format("  {}{}{}\n", step->path, left ? "  (left as it is: --except)" : "",
                        result.is_null() ? "" : "\n      " + one_line(value_text(result)));
  }
  for (const std::uint32_t index : state.open_calls) {
    const CallState& call = state.calls[index];
    text += fmt::format("Not undone, since nobody knows whether it happened: {} of {}\n",
                        call.primitive, call.step);
  }
  return text;
}

/// Exit 0 with a sentence if there is nothing to do.
bool is_there_anything(Context& context, const RunRow& row, const RunState& state) {
  if (static_cast<RunPhase>(row.state) == RunPhase::undone) {
    context.err.write(fmt::format("Nothing left to do: run {} is undone.\n", row.id));
    return false;
  }
  if (steps_to_undo(state).empty() && !undo_has_begun(state)) {
    context.err.write(
        fmt::format("Nothing to undo: no finished step of run {} has an undo function.\n", row.id));
    return false;
  }
  return true;
}

int undo(Context& context) {
  const Arguments& arguments = context.arguments;
  const Project project = existing_project(arguments);
  RunOptions options = session_options(arguments, project);
  const std::unique_ptr<Store> store = open_sqlite_store(project.state, OpenMode::read_write);
  const RunRow row = choose_run(*store, arguments.text("run"));
  if (const int driver = driver_of(project, row.id); driver != 0) {
    throw Error(Code::run_locked, fmt::format("run {} is driven by pid {}", row.id, driver),
                fmt::format("stop it first: Ctrl-C there, or runbook cancel {}", row.id));
  }
  const RunState state = read_run_state(*store, row.id);
  if (!is_there_anything(context, row, state)) {
    return 0;
  }
  options.except = arguments.all("except");
  show_secret_names(context, project, row.id, state);
  context.err.write(plan_text(state, options.except));
  if (!is_confirmed(context, "Undo?")) {
    context.err.write("Nothing was changed.\n");
    return kNotConfirmed;
  }
  options.run = row.id;
  options.recipe = project.root / row.recipe;
  options.purpose = Purpose::undo;
  options.reason = arguments.has("reason") ? arguments.text("reason") : "";
  return drive_session(context, project, *store, std::move(options));
}

}  // namespace

Command undo_command() {
  using enum CommandParameter::Count;
  Command command{"Repair",
                  "undo",
                  "run the undo functions of the finished steps, backwards",
                  {{"run", "", "id or its beginning, @last, @failed", required},
                   {"--except", "STEP", "leave this step as it is: it was undone by hand", many},
                   {"--reason", "TEXT", "why: kept in the journal", optional},
                   kYesParameter},
                  undo};
  const std::vector<CommandParameter> shared = ending_parameters();
  command.parameters.insert(command.parameters.end(), shared.begin(), shared.end());
  return command;
}

}  // namespace runbook
