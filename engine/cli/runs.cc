// runbook runs: all runs of the project, the newest first.

#include <fmt/format.h>

#include "engine/cli/run_facts.h"
#include "engine/cli/terminal.h"
#include "engine/journal/journal.h"
#include "engine/view/next_commands.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

/// The row's state, corrected by who drives it: a run left by a killed process is interrupted.
RunPhase phase_of(const RunRow& row, int driver) {
  const auto phase = static_cast<RunPhase>(row.state);
  if (driver != 0) {
    return RunPhase::running;
  }
  return phase == RunPhase::running ? RunPhase::interrupted : phase;
}

std::string as_table(const std::vector<RunRow>& rows, const Project& project, Timestamp now) {
  std::string text;
  for (const RunRow& row : rows) {
    text += fmt::format("{:<22} {:<11} {:>16}  {}  {}\n", row.id,
                        phase_name(phase_of(row, driver_of(project, row.id))),
                        ago(row.updated, now), row.name, row.recipe);
  }
  return text;
}

std::string as_json(Context& context, Store& store, const std::vector<RunRow>& rows,
                    const Project& project) {
  OrderedJson list = OrderedJson::array();
  for (const RunRow& row : rows) {
    RunFacts facts;
    facts.row = row;
    facts.driver = driver_of(project, row.id);
    facts.now = context.clock.now();
    list.push_back(run_head_json(read_run_state(store, row.id), facts));
  }
  return list.dump() + "\n";
}

int runs(Context& context) {
  const OutputFormat format = output_format(context.arguments, false);
  const Project project = existing_project(context.arguments);
  const std::unique_ptr<Store> store = open_sqlite_store(project.state, OpenMode::read_only);
  const std::vector<RunRow> rows = store->list_runs();
  context.out.write(format == OutputFormat::json ? as_json(context, *store, rows, project)
                                                 : as_table(rows, project, context.clock.now()));
  return 0;
}

}  // namespace

Command runs_command() {
  return {"Look", "runs", "all runs of this project", {kOutputParameter, kStateParameter}, runs};
}

}  // namespace runbook
