#pragma once
// Command lines → Arguments. The only user of CLI11.

#include <string>
#include <vector>

#include "engine/cli/command.h"

namespace runbook {

struct Parsed {
  Arguments arguments;
  std::string help;  ///< not empty: --help was given, print this and do nothing
};

/// Throws Error(Code::usage | unknown_option) with the nearest option.
Parsed parse(const Command& command, const std::vector<std::string>& arguments);

}  // namespace runbook
