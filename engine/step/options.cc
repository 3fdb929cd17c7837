#include "engine/step/options.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "engine/base/duration.h"
#include "engine/base/id.h"

namespace runbook {
namespace {

[[noreturn]] void refuse_option(std::string_view option, std::string_view expected) {
  throw Error(Code::option_invalid, fmt::format("{} must be {}", option, expected));
}

void refuse_unknown(const Json& table, const std::vector<std::string_view>& known,
                    std::string_view where) {
  for (const auto& [name, value] : table.items()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) {
      continue;
    }
    const std::string_view near = closest_match(name, known);
    throw Error(Code::option_unknown,
                fmt::format("{} has no option \"{}\"{}", where, name,
                            near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
  }
}

std::chrono::milliseconds read_duration(const Json& value, std::string_view option) {
  if (!value.is_string()) {
    refuse_option(option, "a duration such as \"30s\"");
  }
  return parse_duration(value.get<std::string>());
}

std::vector<Code> read_codes(const Json& value) {
  std::vector<Code> codes;
  if (!value.is_array()) {
    refuse_option("retry.on", "a list of error numbers such as { \"RB0613\" }");
  }
  for (const Json& entry : value) {
    const std::optional<Code> code =
        entry.is_string() ? parse_code(entry.get<std::string>()) : std::nullopt;
    if (!code) {
      refuse_option("retry.on", "a list of error numbers such as { \"RB0613\" }");
    }
    codes.push_back(*code);
  }
  return codes;
}

int read_attempts(const Json& value, std::string_view option) {
  if (!value.is_number_integer() || value < 1 || value > 1000) {
    refuse_option(option, "a whole number of attempts from 1 to 1000");
  }
  return value.get<int>();
}

RetryPolicy read_retry(const Json& value) {
  RetryPolicy policy;
  if (!value.is_object()) {
    policy.attempts = read_attempts(value, "retry");
    return policy;
  }
  refuse_unknown(value, {"attempts", "initial", "max", "factor", "jitter", "on"}, "retry");
  policy.attempts =
      value.contains("attempts") ? read_attempts(value["attempts"], "retry.attempts") : 3;
  if (value.contains("initial")) {
    policy.initial = read_duration(value["initial"], "retry.initial");
  }
  if (value.contains("max")) {
    policy.max = read_duration(value["max"], "retry.max");
  }
  if (value.contains("factor")) {
    if (!value["factor"].is_number() || value["factor"] < 1) {
      refuse_option("retry.factor", "a number of at least 1");
    }
    policy.factor = value["factor"].get<double>();
  }
  if (value.contains("jitter")) {
    if (!value["jitter"].is_boolean()) {
      refuse_option("retry.jitter", "true or false");
    }
    policy.jitter = value["jitter"].get<bool>();
  }
  if (value.contains("on")) {
    policy.on = read_codes(value["on"]);
  }
  return policy;
}

OnUnknown read_on_unknown(const Json& value) {
  if (value == "ask") {
    return OnUnknown::ask;
  }
  if (value == "rerun") {
    return OnUnknown::rerun;
  }
  if (value == "fail") {
    return OnUnknown::fail;
  }
  refuse_option("on_unknown", "\"ask\", \"rerun\" or \"fail\"");
}

bool read_flag(const Json& options, const char* name) {
  if (!options.contains(name)) {
    return false;
  }
  if (!options[name].is_boolean()) {
    refuse_option(name, "true or false");
  }
  return options[name].get<bool>();
}

}  // namespace

bool RetryPolicy::covers(const Error& error) const {
  if (!on.empty()) {
    return std::find(on.begin(), on.end(), error.code) != on.end();
  }
  return error.transient;
}

std::chrono::milliseconds RetryPolicy::delay(int failed) const {
  const double grown = static_cast<double>(initial.count()) * std::pow(factor, failed - 1);
  const double capped = std::min(grown, static_cast<double>(max.count()));
  const double drawn = jitter ? capped * (0.5 + 0.5 * random_unit()) : capped;
  return std::chrono::milliseconds(static_cast<std::int64_t>(drawn));
}

StepOptions read_step_options(const Json& options, const std::vector<std::string_view>& also) {
  StepOptions result;
  if (options.is_null()) {
    return result;
  }
  if (!options.is_object()) {
    refuse_option("the options of a step", "a table");
  }
  std::vector<std::string_view> known{"retry",      "timeout",      "idempotent", "reads",
                                      "on_unknown", "renamed_from", "inputs"};
  known.insert(known.end(), also.begin(), also.end());
  refuse_unknown(options, known, "a step");
  if (options.contains("retry")) {
    result.retry = read_retry(options["retry"]);
  }
  if (options.contains("timeout")) {
    result.timeout = read_duration(options["timeout"], "timeout");
  }
  result.idempotent = read_flag(options, "idempotent");
  result.reads = read_flag(options, "reads");
  if (options.contains("on_unknown")) {
    result.on_unknown = read_on_unknown(options["on_unknown"]);
  }
  if (options.contains("renamed_from")) {
    if (!options["renamed_from"].is_string()) {
      refuse_option("renamed_from", "the old name of the step");
    }
    result.renamed_from = options["renamed_from"].get<std::string>();
  }
  if (options.contains("inputs")) {
    result.inputs = options["inputs"];
  }
  return result;
}

}  // namespace runbook
