// runbook status [RUN]: state, why it is not moving, steps, and what to type next.

#include "engine/cli/chosen_run.h"
#include "engine/cli/run_facts.h"
#include "engine/cli/secret_names.h"
#include "engine/cli/terminal.h"
#include "engine/journal/journal.h"

namespace runbook {

namespace {

int status(Context& context) {
  const Arguments& arguments = context.arguments;
  const OutputFormat format = output_format(arguments, false);
  const Project project = existing_project(arguments);
  const std::unique_ptr<Store> store = open_sqlite_store(project.state, OpenMode::read_only);
  const RunRow row = choose_run(*store, arguments.has("run") ? arguments.text("run") : "");
  const RunState state = read_run_state(*store, row.id);
  RunFacts facts = run_facts(context, project, row, state);
  facts.all_steps = arguments.has("all");
  if (format == OutputFormat::json) {
    context.out.write(status_json(state, facts).dump() + "\n");
  } else {
    show_secret_names(context, project, row.id, state);
    context.out.write(status_page(state, facts));
  }
  return 0;
}

}  // namespace

Command status_command() {
  using enum CommandParameter::Count;
  return {"Everyday",
          "status",
          "what happened, why it is not moving, what to type next",
          {{"run", "", "id or its beginning, @last, @failed (default: the newest)", optional},
           {"--all", "", "list every item of large loops", optional},
           kOutputParameter,
           kStateParameter},
          status};
}

}  // namespace runbook
