// What the service tests start: the supervisor, and an engine stand-in that starts a service and is
// then killed.

#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/service/service.h"

using namespace runbook;

namespace {

Task<void> start(Services& services, ServiceSpec spec, ServiceStatus& status) {
  status = co_await services.start(std::move(spec));
}

// engine RUN_FOLDER RUN_ID NAME argv…
int run_engine(const std::vector<std::string>& arguments) {
  SystemClock clock;
  Loop loop(clock);
  Services services(loop, arguments[0], arguments[1]);
  ServiceSpec spec;
  spec.name = arguments[2];
  spec.argv.assign(arguments.begin() + 3, arguments.end());
  spec.cwd = "/";
  ServiceStatus status;
  loop.spawn(start(services, std::move(spec), status));
  loop.run();
  printf("%d\n", status.pid);
  fflush(stdout);
  for (;;) {
    pause();
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::string command = argc > 1 ? argv[1] : "";
  const std::vector<std::string> arguments(argv + std::min(argc, 2), argv + argc);
  if (command == "__service") {
    return supervisor_main(arguments);
  }
  if (command == "engine") {
    return run_engine(arguments);
  }
  return 2;
}
