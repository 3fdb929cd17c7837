#pragma once
// What kubectl says on stderr, without what it repeats of objects: a refused change of a Secret is
// told with the Secret's data.

#include <string>
#include <string_view>
#include <vector>

namespace runbook::kubectl {

/// One line, for a log.
std::string without_objects(std::string_view line);

/// The lines that say something: neither client-go's own log nor warnings, unless there is nothing
/// else. A refused change, which takes five lines, is one.
std::vector<std::string> telling_lines(std::string_view text);

}  // namespace runbook::kubectl
