// Points in time as now() gives them, seconds since 1970, and their text.

#include <fmt/format.h>

#include <cmath>
#include <ctime>
#include <iomanip>
#include <sstream>

#include "engine/base/clock.h"
#include "engine/lua/module.h"
#include "modules/modules.h"

namespace runbook {

namespace {

constexpr double kYear10000 = 253'402'300'800.0;
constexpr double kYear0 = -62'167'219'200.0;

Error invalid(std::string message) {
  return Error(Code::time_invalid, std::move(message)).with_effect(EffectDone::none);
}

Timestamp time_option(Call& call) {
  const double seconds = call.options().at("time").get<double>();
  if (!(seconds >= kYear0 && seconds < kYear10000)) {
    throw invalid(fmt::format("{} is not a time in seconds since 1970; now() gives one", seconds));
  }
  return std::llround(seconds * 1000.0);
}

Json in_seconds(Timestamp time) {
  return static_cast<double>(time) / 1000.0;
}

Json format(Call& call) {
  const Timestamp time = time_option(call);
  if (!call.has("format")) {
    return format_timestamp(time);
  }
  const std::time_t seconds = (time - (time % 1000 + 1000) % 1000) / 1000;
  std::tm fields{};
  gmtime_r(&seconds, &fields);
  const std::string pattern = call.text("format");
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << std::put_time(&fields, pattern.c_str());
  return text.str();
}

Json parse(Call& call) {
  const std::string text = call.text("text");
  if (!call.has("format")) {
    return in_seconds(parse_timestamp(text));
  }
  const std::string pattern = call.text("format");
  std::tm fields{};
  fields.tm_mday = 1;
  fields.tm_year = 70;
  const char* end = strptime(text.c_str(), pattern.c_str(), &fields);
  if (end == nullptr || *end != '\0') {
    throw invalid(fmt::format("\"{}\" is not a time of the form \"{}\"", text, pattern));
  }
  const long offset = fields.tm_gmtoff;  // timegm takes the fields as UTC and clears it
  return static_cast<double>(timegm(&fields) - offset);
}

Json duration(Call& call) {
  return in_seconds(parse_duration(call.text("text")).count());
}

Json add(Call& call) {
  return in_seconds(time_option(call) + parse_duration(call.text("duration")).count());
}

const Option kTime{.name = "time",
                   .type = Type::number,
                   .required = Required::yes,
                   .help = "seconds since 1970, as now() gives them",
                   .positional = true};

Function format_function() {
  return {.name = "format",
          .summary = "Writes a time as text, in UTC.",
          .options = {kTime,
                      {.name = "format",
                       .type = Type::string,
                       .help = "as for strftime, such as \"%Y-%m-%d\"; without it "
                               "2026-01-31T12:00:00.000Z",
                       .positional = true}},
          .returns = "text",
          .errors = {Code::time_invalid},
          .example =
              "local time = require \"time\"\n"
              "local tag = time.format(now(), \"%Y%m%d-%H%M\")",
          .compute = format};
}

Function parse_function() {
  return {.name = "parse",
          .summary = "Reads a time. Without a zone in it, it is in UTC.",
          .options = {{.name = "text",
                       .type = Type::string,
                       .required = Required::yes,
                       .help = "2026-01-31T12:00:00Z, with fractions or an offset if need be",
                       .positional = true},
                      {.name = "format",
                       .type = Type::string,
                       .help = "as for strptime, if it is written otherwise",
                       .positional = true}},
          .returns = "seconds since 1970",
          .errors = {Code::time_invalid},
          .example =
              "local time = require \"time\"\n"
              "local expires = time.parse(\"2026-01-31T12:00:00Z\")",
          .compute = parse};
}

}  // namespace

Module time_module() {
  return {.name = "time",
          .summary = "Points in time and their text.",
          .functions = {format_function(),
                        parse_function(),
                        {.name = "duration",
                         .summary = "Reads a duration.",
                         .options = {{.name = "text",
                                      .type = Type::duration,
                                      .required = Required::yes,
                                      .help = "a number with a unit: 250ms 30s 10m 1h30m 2d",
                                      .positional = true}},
                         .returns = "seconds",
                         .errors = {Code::duration_invalid},
                         .example = "local time = require \"time\"\n"
                                    "local yesterday = now() - time.duration(\"1d\")",
                         .compute = duration},
                        {.name = "add",
                         .summary = "The time a duration after another.",
                         .options = {kTime,
                                     {.name = "duration",
                                      .type = Type::duration,
                                      .required = Required::yes,
                                      .help = "how much later",
                                      .positional = true}},
                         .returns = "seconds since 1970",
                         .errors = {Code::time_invalid, Code::duration_invalid},
                         .example = "local time = require \"time\"\n"
                                    "local expires = time.add(now(), \"4h\")",
                         .compute = add}}};
}

}  // namespace runbook
