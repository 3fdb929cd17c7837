#pragma once
// Wall and steady time behind one interface, so that tests decide what time it is. Lint refuses
// system_clock elsewhere.

#include <chrono>
#include <cstdint>
#include <string>

namespace runbook {

/// Milliseconds since 1970-01-01 UTC.
using Timestamp = std::int64_t;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() = 0;                                 ///< wall clock; recorded in events
  virtual std::chrono::steady_clock::time_point steady() = 0;  ///< for deadlines within a session
};

class SystemClock final : public Clock {
 public:
  Timestamp now() override;
  std::chrono::steady_clock::time_point steady() override;
};

/// Moves only when told to; `steady` advances with it.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Timestamp start = 1'700'000'000'000) : now_(start) {}
  Timestamp now() override { return now_; }
  std::chrono::steady_clock::time_point steady() override {
    return std::chrono::steady_clock::time_point(std::chrono::milliseconds(now_));
  }
  void advance(std::chrono::milliseconds by) { now_ += by.count(); }

 private:
  Timestamp now_;
};

/// "2026-11-20T17:09:20.118Z".
std::string format_timestamp(Timestamp time);
/// Reads what format_timestamp writes, with or without milliseconds. Throws
/// Error(Code::time_invalid).
Timestamp parse_timestamp(std::string_view text);

}  // namespace runbook
