#include "engine/base/clock.h"

#include <limits>

#include "tests/base/expect_error.h"

using namespace runbook;

TEST_CASE("A timestamp is written in UTC with milliseconds", "[clock]") {
  CHECK(format_timestamp(0) == "1970-01-01T00:00:00.000Z");
  CHECK(format_timestamp(1'795'194'560'118) == "2026-11-20T17:09:20.118Z");
  CHECK(format_timestamp(-1) == "1969-12-31T23:59:59.999Z");
  CHECK(format_timestamp(std::numeric_limits<Timestamp>::max()) == "9999-12-31T23:59:59.999Z");
  CHECK(format_timestamp(std::numeric_limits<Timestamp>::min()) == "0000-01-01T00:00:00.000Z");
  CHECK(format_timestamp(951'782'400'000) == "2000-02-29T00:00:00.000Z");
}

TEST_CASE("A timestamp reads back as it was written", "[clock]") {
  for (const Timestamp time :
       {Timestamp{0}, Timestamp{1'795'194'560'118}, Timestamp{-62'135'596'800'000}}) {
    CHECK(parse_timestamp(format_timestamp(time)) == time);
  }
  CHECK(parse_timestamp("2026-11-20T17:09:20Z") == 1'795'194'560'000);
}

TEST_CASE("Times as other programs write them are understood", "[clock]") {
  CHECK(parse_timestamp("2026-11-20T17:09:20.118204339Z") == 1'795'194'560'118);
  CHECK(parse_timestamp("2026-11-20T17:09:20.1Z") == 1'795'194'560'100);
  CHECK(parse_timestamp("2026-11-20T18:09:20+01:00") == 1'795'194'560'000);
  CHECK(parse_timestamp("2026-11-20T11:39:20-05:30") == 1'795'194'560'000);
}

TEST_CASE("What is not a time is refused, naming the text", "[clock]") {
  for (const char* text :
       {"", "2026-11-20", "2026-11-20T17:09:20", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-11-20T24:00:00Z", "2026-11-20T17:60:00Z", "2026-11-20T17:09:61Z",
        "2026-11-20T17:09:20.Z", "2026-11-20T17:09:20ZZ", " 2026-11-20T17:09:20Z",
        "2026-11-20T17:09:20.1234567890Z", "+026-11-20T17:09:20Z", "2026-11-20T17:09:20+24:00"}) {
    INFO(text);
    const Error error = expect_error(Code::time_invalid, [&] { parse_timestamp(text); });
    CHECK_THAT(error.message, ContainsSubstring(text));
  }
}

TEST_CASE("A fake clock moves only when told to, and steady time with it", "[clock]") {
  FakeClock clock;
  const Timestamp before = clock.now();
  const auto steady = clock.steady();
  CHECK(clock.now() == before);
  clock.advance(std::chrono::seconds(5));
  CHECK(clock.now() == before + 5'000);
  CHECK(clock.steady() - steady == std::chrono::seconds(5));
}

TEST_CASE("The system clock knows that it is after this was written", "[clock]") {
  SystemClock clock;
  CHECK(clock.now() > 1'767'225'600'000);
  const auto before = clock.steady();
  CHECK(clock.steady() >= before);
}
