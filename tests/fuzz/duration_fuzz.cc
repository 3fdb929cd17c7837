// Durations and times: whatever the text, an Error or a value in range.
#include <string_view>

#include "engine/base/clock.h"
#include "engine/base/duration.h"
#include "engine/base/error.h"
#include "tests/fuzz/target.h"

namespace {

void read_duration(std::string_view text) {
  try {
    const auto duration = runbook::parse_duration(text);
    check(duration.count() >= 0 && duration <= std::chrono::hours(24 * 3653));
    check(!runbook::format_duration(duration).empty());
  } catch (const runbook::Error& error) {
    check(error.code == runbook::Code::duration_invalid);
  }
}

void read_time(std::string_view text) {
  try {
    const auto time = runbook::parse_timestamp(text);
    if (time >= -62'167'219'200'000 && time < 253'402'300'800'000) {
      check(runbook::parse_timestamp(runbook::format_timestamp(time)) == time);
    }
  } catch (const runbook::Error& error) {
    check(error.code == runbook::Code::time_invalid);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(data, data + size);
  read_duration(text);
  read_time(text);
  return 0;
}
