#include "engine/base/clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/base/error.h"

namespace runbook {

namespace {

namespace chrono = std::chrono;

/// Reads fixed-width fields from the front of a text; once something does not fit it stays failed.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    if (rest_.size() < count ||
        !std::all_of(rest_.begin(), rest_.begin() + static_cast<long>(count), is_digit)) {
      failed_ = true;
      return 0;
    }
    std::from_chars(rest_.data(), rest_.data() + count, value);
    rest_.remove_prefix(count);
    return value;
  }
  bool skip(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }
  void expect(std::string_view any_of) { failed_ |= !skip(any_of); }
  /// ".118", ".118204339": whole milliseconds, the rest is dropped.
  int fraction() {
    int value = 0;
    int count = 0;
    while (!rest_.empty() && is_digit(rest_.front())) {
      if (count < 3) {
        value = value * 10 + (rest_.front() - '0');
      }
      ++count;
      rest_.remove_prefix(1);
    }
    failed_ |= count == 0 || count > 9;
    for (; count < 3; ++count) {
      value *= 10;
    }
    return value;
  }
  /// "Z" or "+01:00", in minutes.
  int offset() {
    if (skip("Zz")) {
      return 0;
    }
    const int sign = rest_.starts_with('-') ? -1 : 1;
    expect("+-");
    const int hours = digits(2);
    expect(":");
    const int minutes = digits(2);
    failed_ |= hours > 23 || minutes > 59;
    return sign * (hours * 60 + minutes);
  }
  bool ok() const { return !failed_ && rest_.empty(); }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  std::string_view rest_;
  bool failed_ = false;
};

std::optional<Timestamp> read_timestamp(std::string_view text) {
  FieldReader reader(text);
  const chrono::year year{reader.digits(4)};
  reader.expect("-");
  const chrono::month month{static_cast<unsigned>(reader.digits(2))};
  reader.expect("-");
  const chrono::day day{static_cast<unsigned>(reader.digits(2))};
  reader.expect("Tt ");
  const int hour = reader.digits(2);
  reader.expect(":");
  const int minute = reader.digits(2);
  reader.expect(":");
  const int second = reader.digits(2);
  const int millisecond = reader.skip(".") ? reader.fraction() : 0;
  const int offset = reader.offset();
  const chrono::year_month_day date{year, month, day};
  if (!reader.ok() || !date.ok() || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const auto time = chrono::sys_days(date) + chrono::hours(hour) +
                    chrono::minutes(minute - offset) + chrono::seconds(second) +
                    chrono::milliseconds(millisecond);
  return time.time_since_epoch() / chrono::milliseconds(1);
}

}  // namespace

Timestamp SystemClock::now() {
  return chrono::duration_cast<chrono::milliseconds>(chrono::system_clock::now().time_since_epoch())
      .count();
}

chrono::steady_clock::time_point SystemClock::steady() {
  return chrono::steady_clock::now();
}

std::string format_timestamp(Timestamp time) {
  constexpr Timestamp kFirst = -62'167'219'200'000;  // 0000-01-01
  constexpr Timestamp kLast =
      253'402'300'799'999;  // the end of 9999: beyond, the calendar overflows
  const chrono::sys_time<chrono::milliseconds> point{
      chrono::milliseconds(std::clamp(time, kFirst, kLast))};
  const auto days = chrono::floor<chrono::days>(point);
  const chrono::year_month_day date(days);
  const chrono::hh_mm_ss clock(point - days);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

Timestamp parse_timestamp(std::string_view text) {
  const auto time = read_timestamp(text);
  if (!time) {
    throw Error(Code::time_invalid, fmt::format("\"{}\" is not a time", text))
        .with_effect(EffectDone::none);
  }
  return *time;
}

}  // namespace runbook
