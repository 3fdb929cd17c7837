// The composition root: the only file that sees both engine/ and modules/.

#include <fcntl.h>

#include <string>
#include <vector>

#include "engine/cli/cli.h"
#include "engine/io/reaper.h"
#include "engine/service/service.h"
#include "modules/modules.h"

namespace {

/// A standard stream that is closed would be the number of the next file opened, such as state.db,
/// and progress would be written into it.
void open_standard_streams() {
  for (int stream = 0; stream <= 2; ++stream) {
    if (fcntl(stream, F_GETFD) < 0) {
      open("/dev/null", O_RDWR);  // the lowest free number: this one
    }
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  open_standard_streams();
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  // Hidden commands: this program as the companion of another one. Nothing else is initialised.
  if (!arguments.empty() && arguments[0] == "__reaper") {
    return runbook::reaper_main({arguments.begin() + 1, arguments.end()});
  }
  if (!arguments.empty() && arguments[0] == "__service") {
    return runbook::supervisor_main({arguments.begin() + 1, arguments.end()});
  }
  return runbook::cli_main(arguments, runbook::all_modules);
}
