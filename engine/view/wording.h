#pragma once
// How values, times and commands are written for people, the same in every view.

#include <chrono>
#include <string>
#include <string_view>

#include "engine/base/clock.h"
#include "engine/base/shown_text.h"

namespace runbook {

std::string clock_time(Timestamp time);          ///< local "17:06:25"
std::string date_and_time(Timestamp time);       ///< local "2026-11-20 17:06:25"
std::string ago(Timestamp then, Timestamp now);  ///< "14m02s ago"

/// The table {name: value} as aligned lines, each after `indent`.
std::string aligned(const std::vector<std::pair<std::string, std::string>>& rows,
                    std::string_view indent);

}  // namespace runbook
