#pragma once
// The command line: finds the command, parses, runs it, turns what it throws into a message and an
// exit code (design §9).

#include <string>
#include <vector>

#include "engine/cli/command.h"

namespace runbook {

int cli_main(const std::vector<std::string>& arguments, ModuleList modules);

}  // namespace runbook
