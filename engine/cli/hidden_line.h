#pragma once
// A line typed at the terminal that is not shown while it is typed: secrets.

#include <optional>
#include <string>

#include "engine/cli/command.h"

namespace runbook {

/// As ask_line(), without echo.
std::optional<std::string> ask_hidden_line(Context& context, const std::string& question);

}  // namespace runbook
