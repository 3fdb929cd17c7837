#include "engine/lua/module.h"
#include "modules/modules.h"
#include "tests/base/expect_error.h"
#include "tests/modules/primitive.h"

using namespace runbook;

namespace {

Json time_call(const std::string& function, Json options) {
  const PrimitiveTest test;
  return test.call(time_module(), function, std::move(options));
}

constexpr double kTime = 1'795'194'560.118;

}  // namespace

TEST_CASE("time.format writes UTC", "[time]") {
  CHECK(time_call("format", {{"time", kTime}}) == "2026-11-20T17:09:20.118Z");
  CHECK(time_call("format", {{"time", kTime}, {"format", "%Y%m%d-%H%M"}}) == "20261120-1709");
  CHECK(time_call("format", {{"time", -0.5}, {"format", "%H:%M:%S"}}) == "23:59:59");
  CHECK(time_call("format", {{"time", 0}, {"format", ""}}) == "");
  CHECK(time_call("format", {{"time", 0}, {"format", std::string(500, 'x') + "%c%c%c%c"}})
            .get<std::string>()
            .size() > 500);
  expect_error(Code::time_invalid, [] { time_call("format", {{"time", 1e15}}); });
}

TEST_CASE("time.parse reads what time.format writes", "[time]") {
  CHECK(time_call("parse", {{"text", "2026-11-20T17:09:20.118Z"}}) == kTime);
  CHECK(time_call("parse", {{"text", "20261120-1709"}, {"format", "%Y%m%d-%H%M"}}) ==
        1'795'194'540.0);
  CHECK(time_call("parse", {{"text", "2026-11-20 18:09 +0100"}, {"format", "%Y-%m-%d %H:%M %z"}}) ==
        1'795'194'540.0);
  CHECK(time_call("parse", {{"text", "12"}, {"format", "%H"}}) == 43'200.0);
  expect_error(Code::time_invalid, [] { time_call("parse", {{"text", "yesterday"}}); });
  expect_error(Code::time_invalid, [] {
    time_call("parse", {{"text", "2026-11-20x"}, {"format", "%Y-%m-%d"}});
  });
}

TEST_CASE("time.duration and time.add count in seconds", "[time]") {
  CHECK(time_call("duration", {{"text", "1h30m"}}) == 5400.0);
  CHECK(time_call("duration", {{"text", "250ms"}}) == 0.25);
  CHECK(time_call("add", {{"time", kTime}, {"duration", "1d"}}) == kTime + 86'400);
}
