#pragma once
// The host's own debug log (RUNBOOK_LOG=debug, to stderr through spdlog): never for what a user is
// told.

#include <string_view>

namespace runbook {

void log_debug(std::string_view message);
void log_warning(std::string_view message);

}  // namespace runbook
