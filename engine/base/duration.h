#pragma once
// Durations are text with units everywhere a person writes one: "250ms", "30s", "10m", "1h30m",
// "2d".

#include <chrono>
#include <string>
#include <string_view>

namespace runbook {

/// Units ms s m h d, whole or decimal numbers, largest first, no spaces ("1h30m", "1.5s"). A bare
/// number, a sign, an unknown unit or more than 10 years: Error(Code::duration_invalid) naming the
/// text.
std::chrono::milliseconds parse_duration(std::string_view text);
/// For people: "48ms", "3.1s", "2m04s", "4h00m", "3d04h".
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace runbook
