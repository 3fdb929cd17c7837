// runbook services [RUN]: the background processes of a run and whether they live.

#include <fmt/format.h>

#include "engine/cli/chosen_run.h"
#include "engine/cli/run_facts.h"
#include "engine/io/loop.h"
#include "engine/journal/journal.h"
#include "engine/service/service.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

int services(Context& context) {
  const Arguments& arguments = context.arguments;
  const Project project = existing_project(arguments);
  const std::unique_ptr<Store> store = open_sqlite_store(project.state, OpenMode::read_only);
  const RunRow row = choose_run(*store, arguments.has("run") ? arguments.text("run") : "");
  const RunState state = read_run_state(*store, row.id);
  if (state.services.empty()) {
    context.err.write(fmt::format("run {} has started no services\n", row.id));
    return 0;
  }
  Loop loop(context.clock);
  const Services files(loop, run_folder(project, row.id), row.id);
  std::vector<std::pair<std::string, std::string>> rows;
  for (const ServiceLine& line : service_lines(context, project, row.id, state)) {
    rows.emplace_back(line.name,
                      fmt::format("{}  log {}", line.status, files.log_path(line.name).string()));
  }
  context.out.write(aligned(rows, ""));
  return 0;
}

}  // namespace

Command services_command() {
  using enum CommandParameter::Count;
  return {"Look",
          "services",
          "background processes of a run: alive or not, and their logs",
          {{"run", "", "id or its beginning, @last, @failed (default: the newest)", optional},
           kStateParameter},
          services};
}

}  // namespace runbook
