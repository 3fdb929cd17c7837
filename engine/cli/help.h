#pragma once
// What the help says of the program as a whole; of one command: parse.h.

#include <string>
#include <string_view>
#include <vector>

namespace runbook {

/// All commands by group, and the exit codes.
std::string overview();
/// A line for each of the commands one starts with.
std::string short_help();

struct ExitCode {
  std::string_view code, meaning;
};
/// Design §9, in the order in which they are shown.
const std::vector<ExitCode>& exit_codes();

}  // namespace runbook
