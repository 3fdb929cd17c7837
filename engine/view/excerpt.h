#pragma once
// Lines of files shown beside an error: the end of a log, a line of a recipe. Best effort: what
// cannot be read is left out, for the error itself must be shown.

#include <cstddef>
#include <string>
#include <vector>

namespace runbook {

/// The last lines of a step's log, without the time and stream name before each.
std::vector<std::string> last_log_lines(const std::string& path, std::size_t count);
/// Line `number` (from 1) of a file without its indentation; empty if there is none.
std::string source_line(const std::string& path, std::size_t number);

}  // namespace runbook
