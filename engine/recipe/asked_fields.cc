#include "engine/recipe/asked_fields.h"

#include <fmt/core.h>

#include "engine/recipe/parameters.h"

namespace runbook {
namespace {

constexpr std::string_view kPrefix = "params.";  // how a header names them

[[noreturn]] void refuse_field(std::string_view problem) {
  throw Error(Code::option_invalid, std::string(problem)).with_effect(EffectDone::none);
}

}  // namespace

void check_asked_fields(const Json& fields) {
  for (const auto& [name, declaration] : fields.items()) {
    Parameter field;
    try {
      field = parse_parameter(name, declaration);
    } catch (const Error& error) {
      const std::string_view problem = error.message;
      refuse_field(problem.substr(problem.starts_with(kPrefix) ? kPrefix.size() : 0));
    }
    if (!field.env.empty() || !field.file.empty()) {
      refuse_field(fmt::format("{}: a person answers it, so env and file mean nothing", name));
    }
  }
}

}  // namespace runbook
