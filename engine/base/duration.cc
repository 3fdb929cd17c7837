#include "engine/base/duration.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>

#include "engine/base/error.h"

namespace runbook {

namespace {

constexpr std::int64_t kSecond = 1'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kLongest = 3653 * kDay;  // ten years
constexpr std::int64_t kMicro = 1'000'000;      // fractions are kept in millionths

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A decimal number at the front of `text`, in millionths; nullopt if there is none or it is
/// absurdly large.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t value = 0;
  std::size_t i = 0;
  for (; i < text.size() && is_digit(text[i]); ++i) {
    if (i == 12) {
      return std::nullopt;
    }
    value = value * 10 + (text[i] - '0');
  }
  if (i == 0) {
    return std::nullopt;
  }
  value *= kMicro;
  if (i < text.size() && text[i] == '.') {
    const std::size_t point = i++;
    std::int64_t worth = kMicro / 10;
    for (; i < text.size() && is_digit(text[i]); ++i) {
      value += worth * (text[i] - '0');
      worth /= 10;
    }
    if (i == point + 1) {
      return std::nullopt;
    }
  }
  text.remove_prefix(i);
  return value;
}

/// The unit at the front of `text`, in milliseconds; 0 if there is none.
std::int64_t take_unit(std::string_view& text) {
  const auto end = text.find_first_of("0123456789.");
  const std::string_view unit = text.substr(0, end);
  text.remove_prefix(unit.size());
  if (unit == "ms") {
    return 1;
  }
  if (unit.size() != 1) {
    return 0;
  }
  switch (unit.front()) {
    case 's':
      return kSecond;
    case 'm':
      return kMinute;
    case 'h':
      return kHour;
    case 'd':
      return kDay;
    default:
      return 0;
  }
}

std::optional<std::int64_t> read_duration(std::string_view text) {
  std::int64_t total = 0;
  std::int64_t previous = kLongest;
  do {
    const auto number = take_number(text);
    const std::int64_t unit = take_unit(text);
    if (!number || unit == 0 || unit >= previous || *number / kMicro > kLongest / unit) {
      return std::nullopt;
    }
    // Rounded up: a timeout of "0.5ms" must not become none at all.
    const std::int64_t whole = *number / kMicro * unit;
    total += whole + (*number % kMicro * unit + kMicro - 1) / kMicro;
    previous = unit;
  } while (!text.empty());
  return total <= kLongest ? std::optional(total) : std::nullopt;
}

}  // namespace

std::chrono::milliseconds parse_duration(std::string_view text) {
  const auto value = read_duration(text);
  if (!value) {
    throw Error(Code::duration_invalid, fmt::format("\"{}\" is not a duration", text))
        .with_effect(EffectDone::none);
  }
  return std::chrono::milliseconds(*value);
}

std::string format_duration(std::chrono::milliseconds duration) {
  const std::int64_t ms = duration.count();
  if (ms < 0) {
    return "-" + format_duration(-duration);
  }
  if (ms < kSecond) {
    return fmt::format_int(ms).str() + "ms";
  }
  if (ms < kMinute) {
    return fmt::format("{}.{}s", ms / kSecond, ms % kSecond / 100);
  }
  if (ms < kHour) {
    return fmt::format("{}m{:02}s", ms / kMinute, ms % kMinute / kSecond);
  }
  if (ms < kDay) {
    return fmt::format("{}h{:02}m", ms / kHour, ms % kHour / kMinute);
  }
  return fmt::format("{}d{:02}h", ms / kDay, ms % kDay / kHour);
}

}  // namespace runbook
