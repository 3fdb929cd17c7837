#include "engine/base/duration.h"

#include "tests/base/expect_error.h"

using namespace runbook;
using std::chrono::milliseconds;

TEST_CASE("A duration is numbers with units, largest first", "[duration]") {
  CHECK(parse_duration("250ms") == milliseconds(250));
  CHECK(parse_duration("30s") == milliseconds(30'000));
  CHECK(parse_duration("10m") == milliseconds(600'000));
  CHECK(parse_duration("1h30m") == milliseconds(5'400'000));
  CHECK(parse_duration("2d") == milliseconds(172'800'000));
  CHECK(parse_duration("1d2h3m4s5ms") == milliseconds(93'784'005));
  CHECK(parse_duration("0s") == milliseconds(0));
  CHECK(parse_duration("3650d") == milliseconds(std::chrono::hours(3650 * 24)));
}

TEST_CASE("A duration may be a decimal number, rounded up to whole milliseconds", "[duration]") {
  CHECK(parse_duration("1.5s") == milliseconds(1'500));
  CHECK(parse_duration("0.25h") == milliseconds(900'000));
  CHECK(parse_duration("0.5ms") == milliseconds(1));
  CHECK(parse_duration("1.0001s") == milliseconds(1'001));
}

TEST_CASE("What is not a duration is refused, naming the text", "[duration]") {
  for (const char* text : {"",
                           "30",
                           "-30s",
                           "+30s",
                           "30 s",
                           "s",
                           "30x",
                           "30S",
                           "1m1h",
                           "1s1s",
                           "1.s",
                           ".5s",
                           "1..5s",
                           "1e3s",
                           "3654d",
                           "99999999999d",
                           "9999999999999999999999s",
                           "1h30",
                           "30sec",
                           "1ms1s"}) {
    INFO(text);
    const Error error = expect_error(Code::duration_invalid, [&] { parse_duration(text); });
    CHECK_THAT(error.message, ContainsSubstring(text));
  }
}

TEST_CASE("People are shown two units at most", "[duration]") {
  CHECK(format_duration(milliseconds(0)) == "0ms");
  CHECK(format_duration(milliseconds(48)) == "48ms");
  CHECK(format_duration(milliseconds(3'149)) == "3.1s");
  CHECK(format_duration(milliseconds(59'999)) == "59.9s");
  CHECK(format_duration(milliseconds(124'000)) == "2m04s");
  CHECK(format_duration(std::chrono::hours(4)) == "4h00m");
  CHECK(format_duration(std::chrono::hours(76)) == "3d04h");
  CHECK(format_duration(milliseconds(-1'500)) == "-1.5s");
}
