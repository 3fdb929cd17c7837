#include "engine/base/version_range.h"

#include "tests/catch.h"

using namespace runbook;

namespace {

bool fits(std::string_view version, std::string_view range) {
  const auto parsed = VersionRange::parse(range);
  REQUIRE(parsed);
  return parsed->contains(version);
}

}  // namespace

TEST_CASE("A version is its numbers, and what comes after them does not decide", "[base]") {
  CHECK(version_numbers("1.32.4") == std::vector<int>{1, 32, 4});
  CHECK(version_numbers("v1.32.4-rc1+build.7") == std::vector<int>{1, 32, 4});
  CHECK(version_numbers("7") == std::vector<int>{7});
  CHECK(version_numbers("1.") == std::vector<int>{1});
  CHECK_FALSE(version_numbers(""));
  CHECK_FALSE(version_numbers("v"));
  CHECK_FALSE(version_numbers("latest"));
  CHECK_FALSE(version_numbers("-1.2"));
  CHECK_FALSE(version_numbers("99999999999"));
}

TEST_CASE("Versions are compared number by number, not as text", "[base]") {
  CHECK(fits("1.27", ">=1.27"));
  CHECK(fits("1.27.0", ">=1.27"));
  CHECK(fits("1.100.0", ">=1.27"));
  CHECK_FALSE(fits("1.9", ">=1.27"));
  CHECK(fits("1.27.1", ">1.27"));
  CHECK_FALSE(fits("1.27.0", ">1.27"));
  CHECK(fits("1.26.9", "<1.27"));
  CHECK(fits("1.27", "<=1.27.0"));
  CHECK(fits("1.27.0", "=1.27"));
  CHECK(fits("1.27.0", "==1.27"));
  CHECK_FALSE(fits("1.27.1", "=1.27"));
  CHECK(fits("2", "1.27"));  // no operator: at least
}

TEST_CASE("Bounds joined by commas must all hold", "[base]") {
  CHECK(fits("1.30", ">=1.27, <2"));
  CHECK(fits("1.30", ">= 1.27,<2"));
  CHECK_FALSE(fits("2.0", ">=1.27, <2"));
  CHECK_FALSE(fits("1.26", ">=1.27, <2"));
}

TEST_CASE("A tilde stays below the next second number, a caret below the next first", "[base]") {
  CHECK(fits("1.4.9", "~1.4.2"));
  CHECK_FALSE(fits("1.4.1", "~1.4.2"));
  CHECK_FALSE(fits("1.5.0", "~1.4.2"));
  CHECK(fits("1.9", "~1"));
  CHECK_FALSE(fits("2.0", "~1"));
  CHECK(fits("1.9.0", "^1.4"));
  CHECK_FALSE(fits("2.0.0", "^1.4"));
  CHECK_FALSE(fits("1.3.9", "^1.4"));
}

TEST_CASE("A star takes every version", "[base]") {
  CHECK(fits("0.1", "*"));
  CHECK(fits("", " * "));
}

TEST_CASE("What is no range of versions is not read as one", "[base]") {
  for (const char* text : {"", "new", ">=", ">=x", ">=1.27,", ",", "1.2 || 2", "=>1.2", "~", "1 2",
                           "*, <2", "<99999999999"}) {
    INFO(text);
    CHECK_FALSE(VersionRange::parse(text));
  }
}
