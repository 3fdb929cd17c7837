#include "engine/view/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "engine/base/duration.h"

namespace runbook {

namespace {

std::tm local_time(Timestamp time) {
  const std::time_t seconds = static_cast<std::time_t>(time / 1000);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return parts;
}

}  // namespace

std::string clock_time(Timestamp time) {
  const std::tm parts = local_time(time);
  return fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string date_and_time(Timestamp time) {
  const std::tm parts = local_time(time);
  return fmt::format("{:04}-{:02}-{:02} {}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     clock_time(time));
}

std::string ago(Timestamp then, Timestamp now) {
  return format_duration(std::chrono::milliseconds(std::max<Timestamp>(now - then, 0))) + " ago";
}

std::string aligned(const std::vector<std::pair<std::string, std::string>>& rows,
                    std::string_view indent) {
  std::size_t width = 0;
  for (const auto& [name, value] : rows) {
    width = std::max(width, name.size());
  }
  std::string text;
  for (const auto& [name, value] : rows) {
    text += fmt::format("{}{:<{}}  {}\n", indent, name, width, value);
  }
  return text;
}

}  // namespace runbook
