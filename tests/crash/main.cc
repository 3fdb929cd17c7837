// A composition root that dies by SIGKILL at a chosen event of its session:
//   crash_program run FOLDER RECIPE [NAME=VALUE…]
//   crash_program resume|undo|cancel FOLDER RECIPE RUN
// CRASH_POINT is before_append, after_append or after_commit, CRASH_AT the event's sequence;
// without them it lives. The journal is FOLDER/.runbook, as the normal program expects it.

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "engine/base/file.h"
#include "engine/io/reaper.h"
#include "engine/lua/module.h"
#include "engine/recipe/runner.h"
#include "engine/service/service.h"
#include "modules/modules.h"

namespace runbook {
namespace {

JournalHooks deadly_hooks() {
  JournalHooks hooks;
  const char* point = std::getenv("CRASH_POINT");
  const char* at = std::getenv("CRASH_AT");
  if (point == nullptr || at == nullptr) {
    return hooks;
  }
  const auto die = [sequence = std::stoull(at)](Sequence now) {
    if (now == sequence) {
      ::kill(::getpid(), SIGKILL);
    }
  };
  const std::string name = point;
  (name == "before_append"  ? hooks.before_append
   : name == "after_append" ? hooks.after_append
                            : hooks.after_commit) = die;
  return hooks;
}

int run(const std::vector<std::string>& arguments) {
  const std::string& command = arguments.at(0);
  RunOptions options;
  options.root = arguments.at(1);
  options.state_folder = options.root / ".runbook";
  options.recipe = arguments.at(2);
  if (command == "run") {
    options.parameters.assign(arguments.begin() + 3, arguments.end());
  } else {
    options.run = arguments.at(3);
  }
  options.purpose = command == "undo"     ? Purpose::undo
                    : command == "cancel" ? Purpose::cancel
                                          : Purpose::run;
  make_private_directory(options.state_folder);
  const std::unique_ptr<Store> store = open_sqlite_store(options.state_folder, OpenMode::create);
  SystemClock clock;
  const std::vector<Module> modules = all_modules();
  const RunReport report = drive(clock, *store, modules, std::move(options), {}, deadly_hooks());
  if (report.error) {
    std::fprintf(stderr, "%s\n", report.error->what());
  }
  return report.exit;
}

}  // namespace
}  // namespace runbook

int main(int argc, char* argv[]) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::vector<std::string> rest(arguments.begin() + (arguments.empty() ? 0 : 1),
                                      arguments.end());
  if (arguments.empty()) {
    return 2;
  }
  if (arguments[0] == "__reaper") {
    return runbook::reaper_main(rest);
  }
  if (arguments[0] == "__service") {
    return runbook::supervisor_main(rest);
  }
  return runbook::run(arguments);
}
