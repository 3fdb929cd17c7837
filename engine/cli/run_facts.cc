#include "engine/cli/run_facts.h"

#include <fmt/format.h>

#include "engine/base/file.h"
#include "engine/io/loop.h"
#include "engine/service/service.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

std::string describe(const ServiceStatus& status, const Json& recorded, Timestamp now) {
  std::string text;
  if (status.running) {
    text = fmt::format("running  pid {}", status.pid);
    if (recorded.is_object() && recorded.value("port", 0) != 0) {
      text += fmt::format("  port {}", recorded.value("port", 0));
    }
  } else if (status.exit) {
    text = fmt::format("ended with exit {}", *status.exit);
  } else if (status.signal) {
    text = fmt::format("ended by signal {}", *status.signal);
  } else {
    return "not running";
  }
  return status.since == 0 ? text : fmt::format("{}  since {}", text, ago(status.since, now));
}

}  // namespace

int driver_of(const Project& project, const std::string& run) {
  return FileLock::holder_pid(run_folder(project, run) / "lock");
}

RunPhase row_phase(const RunRow& row, int driver) {
  const auto phase = static_cast<RunPhase>(row.state);
  if (driver != 0) {
    return RunPhase::running;
  }
  return phase == RunPhase::running ? RunPhase::interrupted : phase;
}

std::string run_line(const RunRow& row, int driver, Timestamp now, std::string_view indent) {
  const std::string file = std::filesystem::path(row.recipe).stem().string();
  return fmt::format("{}{:<22} {:<11} {:>11}  {}{}\n", indent, row.id,
                     phase_name(row_phase(row, driver)), ago(row.updated, now),
                     row.name == file ? "" : row.name + "  ", row.recipe);
}

std::vector<ServiceLine> service_lines(Context& context, const Project& project,
                                       const std::string& run, const RunState& state) {
  std::vector<ServiceLine> lines;
  if (state.services.empty()) {
    return lines;
  }
  Loop loop(context.clock);
  Services services(loop, run_folder(project, run), run);
  for (const auto& [name, recorded] : state.services) {
    lines.push_back({name, describe(services.status(name), recorded, context.clock.now())});
  }
  return lines;
}

RunFacts run_facts(Context& context, const Project& project, const RunRow& row,
                   const RunState& state) {
  RunFacts facts;
  facts.row = row;
  facts.driver = driver_of(project, row.id);
  facts.now = context.clock.now();
  facts.state_option = context.state_option;
  facts.services = service_lines(context, project, row.id, state);
  return facts;
}

}  // namespace runbook
