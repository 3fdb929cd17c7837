#include "engine/recipe/declaration.h"

#include <fmt/format.h>

#include <algorithm>

namespace runbook {
namespace {

std::string kind(const Json& value) {
  return value.is_array() ? "a list" : value.is_object() ? "a table" : value.type_name();
}

}  // namespace

void refuse_header(const std::string& message) {
  throw Error(Code::recipe_header_invalid, message).with_effect(EffectDone::none);
}

Declaration::Declaration(std::string where, const Json& table, std::vector<std::string_view> known)
    : where_(std::move(where)), table_(table) {
  if (!table.is_object()) {
    refuse_header(fmt::format("{} must be a table with named fields, not {}", where_, kind(table)));
  }
  for (const auto& [field, value] : table.items()) {
    if (std::ranges::find(known, field) == known.end()) {
      const std::string_view near = closest_match(field, known);
      refuse_header(fmt::format("{} has no field \"{}\"{}", where_, field,
                                near.empty() ? fmt::format("; it has {}", fmt::join(known, ", "))
                                             : fmt::format("; did you mean \"{}\"?", near)));
    }
  }
}

bool Declaration::has(const char* field) const {
  return table_.contains(field) && !table_[field].is_null();
}

std::string Declaration::text(const char* field) const {
  if (!has(field)) {
    return {};
  }
  if (!at(field).is_string()) {
    refuse(field, fmt::format("must be a string, not {}", kind(at(field))));
  }
  return at(field).get<std::string>();
}

bool Declaration::flag(const char* field, bool fallback) const {
  if (!has(field)) {
    return fallback;
  }
  if (!at(field).is_boolean()) {
    refuse(field, fmt::format("must be true or false, not {}", kind(at(field))));
  }
  return at(field).get<bool>();
}

std::optional<double> Declaration::number(const char* field) const {
  if (!has(field)) {
    return std::nullopt;
  }
  if (!at(field).is_number()) {
    refuse(field, fmt::format("must be a number, not {}", kind(at(field))));
  }
  return at(field).get<double>();
}

std::vector<std::string> Declaration::strings(const char* field) const {
  std::vector<std::string> list;
  if (!has(field) || (at(field).is_object() && at(field).empty())) {
    return list;
  }
  const bool fits = at(field).is_array() && std::ranges::all_of(at(field), [](const Json& item) {
                      return item.is_string();
                    });
  if (!fits) {
    refuse(field, fmt::format("must be a list of strings, not {}", kind(at(field))));
  }
  return at(field).get<std::vector<std::string>>();
}

void Declaration::refuse(const std::string& field, const std::string& problem) const {
  refuse_header(fmt::format("{} {}", name_of(field), problem));
}

}  // namespace runbook
