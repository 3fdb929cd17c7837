#pragma once
// Whole processes, as a shell would start them: posix_spawn to wait4, output to /dev/null.

#include <filesystem>
#include <string>
#include <vector>

namespace runbook::bench {

struct Ran {
  int exit = -1;
  double milliseconds = 0;
  double peak_megabytes = 0;  ///< ru_maxrss; never less than what this process had when it spawned
};

/// `argv[0]` is a path. The program runs in `folder`.
Ran run_program(const std::vector<std::string>& argv, const std::filesystem::path& folder);
/// RUNBOOK_BINARY with these arguments; it must end with `exit`.
Ran run_runbook(std::vector<std::string> arguments, const std::filesystem::path& folder, int exit);

}  // namespace runbook::bench
