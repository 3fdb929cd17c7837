#include <string>
#include <vector>

#include "engine/io/reaper.h"
#include "engine/service/service.h"

int main(int argc, char* argv[]) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments[0] == "__reaper") {
    return runbook::reaper_main({arguments.begin() + 1, arguments.end()});
  }
  if (!arguments.empty() && arguments[0] == "__service") {
    return runbook::supervisor_main({arguments.begin() + 1, arguments.end()});
  }
  return 2;
}
