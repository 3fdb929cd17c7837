// recipe{} and its parameters, thousands a second where the recipe target manages hundreds:
// whatever the table and whatever was given, an Error or values that fit their types. Input: lines
// name=value, a line "--", the table as JSON.
#include <string>
#include <string_view>

#include "engine/base/duration.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/recipe/header.h"
#include "engine/recipe/parameters.h"
#include "tests/fuzz/target.h"

namespace {

void check_value(const runbook::Parameter& declared, const runbook::Json& value) {
  switch (declared.type) {
    case runbook::ParameterType::integer:
    case runbook::ParameterType::number:
      check(value.is_number());
      check(!declared.min || value.get<double>() >= *declared.min);
      check(!declared.max || value.get<double>() <= *declared.max);
      return;
    case runbook::ParameterType::boolean:
      return check(value.is_boolean());
    case runbook::ParameterType::list:
      return check(value.is_array());
    case runbook::ParameterType::duration:
      return check(runbook::parse_duration(value.get<std::string>()).count() >= 0);
    case runbook::ParameterType::json:
      return;
    default:
      return check(value.is_string());
  }
}

runbook::GivenParameters read_given(std::string_view lines) {
  runbook::GivenParameters given;
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    given.arguments.emplace_back(lines.substr(0, end));
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
  }
  given.environment = [](const std::string& name) { return std::optional("0x" + name); };
  return given;
}

void read(std::string_view given, std::string_view table) {
  const runbook::Header header = runbook::parse_header(runbook::parse_json(table, "header"));
  const auto checked = runbook::check_parameters(header.parameters, read_given(given), "/root");
  for (const runbook::Parameter& declared : header.parameters) {
    const auto value = checked.values.find(declared.name);
    check(!declared.required || value != checked.values.end());
    if (value != checked.values.end() && !value->is_null()) {
      check_value(declared, *value);
    }
  }
  for (const runbook::SecretPart& secret : checked.secrets) {
    check(secret.value.size() >= 6);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto divider = text.find("\n--\n");
  const std::string_view all = text;
  const bool divided = divider != std::string::npos;
  try {
    read(divided ? all.substr(0, divider) : "", divided ? all.substr(divider + 4) : all);
  } catch (const runbook::Error& error) {
    check(!error.message.empty());
  }
  return 0;
}
