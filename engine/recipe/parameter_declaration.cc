#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/recipe/declaration.h"
#include "engine/recipe/parameters.h"

namespace runbook {
namespace {

constexpr std::array<std::string_view, 13> kTypes = {"string",  "integer",  "number",  "bigint",
                                                     "boolean", "enum",     "list",    "url",
                                                     "path",    "duration", "address", "secret",
                                                     "json"};  // in the order of ParameterType

ParameterType type_named(const Declaration& declaration, const std::string& field,
                         const std::string& name) {
  const auto found = std::ranges::find(kTypes, name);
  if (found == kTypes.end()) {
    const std::string_view near = closest_match(name, {kTypes.begin(), kTypes.end()});
    declaration.refuse(
        field, fmt::format("names no type: \"{}\"{}", name,
                           near.empty() ? fmt::format("; they are {}", fmt::join(kTypes, ", "))
                                        : fmt::format("; did you mean \"{}\"?", near)));
  }
  return static_cast<ParameterType>(found - kTypes.begin());
}

/// `of = "address"` or `of = param.address {}`: of the second, what restricts the items is taken
/// over.
void read_item_type(const Declaration& declaration, Parameter& parameter) {
  if (!declaration.has("of")) {
    return;
  }
  if (declaration.at("of").is_object()) {
    const Parameter item = parse_parameter(parameter.name + ".of", declaration.at("of"));
    parameter.of = item.type;
    parameter.values = item.values;
    parameter.min = item.min;
    parameter.max = item.max;
  } else {
    parameter.of = type_named(declaration, "of", declaration.text("of"));
  }
  if (parameter.of == ParameterType::list || parameter.of == ParameterType::secret) {
    declaration.refuse("of", fmt::format("cannot be {}", parameter_type_name(parameter.of)));
  }
}

void check_fields_fit_type(const Declaration& declaration, const Parameter& parameter) {
  using enum ParameterType;
  const ParameterType type = parameter.type;
  const auto only_for = [&](const char* field, bool fits) {
    if (declaration.has(field) && !fits) {
      declaration.refuse(field, fmt::format("means nothing for a parameter of type {}",
                                            parameter_type_name(type)));
    }
  };
  only_for("of", type == list);
  only_for("values", type == enumeration);
  only_for("min", type == integer || type == number);
  only_for("max", type == integer || type == number);
  only_for("file", type == secret);
  if (type == secret && declaration.has("default")) {
    declaration.refuse("default", "would write the secret into the recipe: use env or file");
  }
  if (type == enumeration && parameter.values.empty()) {
    declaration.refuse("values", "must list what may be chosen");
  }
}

bool is_parameter_name(std::string_view name) {
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
             std::string_view::npos;
}

}  // namespace

std::string_view parameter_type_name(ParameterType type) {
  return kTypes.at(static_cast<std::size_t>(type));
}

Parameter parse_parameter(const std::string& name, const Json& value) {
  const Declaration declaration("params." + name, value,
                                {"type", "help", "default", "env", "required", "values", "of",
                                 "min", "max", "file", "may_change"});
  if (!is_parameter_name(name.substr(0, name.find('.')))) {
    refuse_header(fmt::format("params: \"{}\" is no name: letters, digits and _", name));
  }
  if (!declaration.has("type")) {
    refuse_header(
        fmt::format("params.{} must be made with param.string {{ … }} or one of its kind", name));
  }
  Parameter parameter;
  parameter.name = name;
  parameter.type = type_named(declaration, "type", declaration.text("type"));
  parameter.help = declaration.text("help");
  parameter.env = declaration.text("env");
  parameter.file = declaration.text("file");
  parameter.fallback = declaration.has("default") ? declaration.at("default") : Json(nullptr);
  parameter.required = declaration.flag("required", true);
  parameter.may_change = declaration.flag("may_change", false);
  parameter.values = declaration.strings("values");
  parameter.min = declaration.number("min");
  parameter.max = declaration.number("max");
  read_item_type(declaration, parameter);
  check_fields_fit_type(declaration, parameter);
  return parameter;
}

}  // namespace runbook
