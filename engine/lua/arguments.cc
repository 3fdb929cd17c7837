#include "engine/lua/arguments.h"

#include <fmt/core.h>

#include <cmath>

namespace runbook::lua {
namespace {

const Option* find_option(const Function& function, std::string_view name) {
  for (const Option& option : function.options) {
    if (option.name == name) {
      return &option;
    }
  }
  return nullptr;
}

void refuse_unknown(const std::string& name, const Function& function, std::string_view given) {
  std::vector<std::string_view> known;
  for (const Option& option : function.options) {
    known.push_back(option.name);
  }
  const std::string_view near = closest_match(given, known);
  refuse(Code::option_unknown,
         fmt::format("{} has no option \"{}\"{}", name, given,
                     near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
}

bool all_strings(const Json& list) {
  for (const Json& entry : list) {
    if (!entry.is_string()) {
      return false;
    }
  }
  return true;
}

bool fits(const Json& value, Type type) {
  switch (type) {
    case Type::string:
    case Type::bytes:
    case Type::path:
    case Type::url:
    case Type::secret:
    case Type::duration:
      return value.is_string();
    case Type::integer:
      return value.is_number_integer();
    case Type::number:
      return value.is_number();
    case Type::boolean:
      return value.is_boolean();
    case Type::list:
      return value.is_array() || (value.is_object() && value.empty());
    case Type::strings:
      return (value.is_array() && all_strings(value)) || (value.is_object() && value.empty());
    case Type::table:
      return value.is_object();
    case Type::data:
      return true;
  }
  return false;
}

/// A whole number in a list of strings is what people write for ports and counts: taken as its
/// text.
void numbers_to_text(Json& list) {
  for (Json& entry : list) {
    if (entry.is_number_integer()) {
      entry = std::to_string(entry.get<std::int64_t>());
    }
  }
}

Json check_value(const std::string& name, const Option& option, Json value,
                 const std::filesystem::path& root) {
  if (option.type == Type::strings && value.is_array()) {
    numbers_to_text(value);
  }
  if (!fits(value, option.type)) {
    refuse(Code::option_invalid,
           fmt::format("{}: option \"{}\" must be {}, not {}", name, option.name,
                       type_name(option.type), value.type_name()));
  }
  if ((option.type == Type::list || option.type == Type::strings) && value.is_object()) {
    value = Json::array();  // {} in Lua is an object until somebody says otherwise
  }
  if (option.type == Type::duration) {
    try {
      parse_duration(value.get<std::string>());
    } catch (Error& error) {
      refuse(Code::option_invalid,
             fmt::format("{}: option \"{}\": {}", name, option.name, error.message));
    }
  }
  if (option.type == Type::path) {
    value = (root / value.get<std::string>()).lexically_normal().string();
  }
  return value;
}

void place_positional(const std::string& name, const Function& function, const Json& positional,
                      Json& given) {
  std::size_t next = 0;
  for (const Option& option : function.options) {
    if (!option.positional || next == positional.size()) {
      continue;
    }
    if (!positional[next].is_null()) {
      given[std::string(option.name)] = positional[next];
    }
    ++next;
  }
  if (next < positional.size()) {
    refuse(Code::option_invalid,
           fmt::format("{} takes {} arguments by position, not {}", name, next, positional.size()));
  }
}

}  // namespace

Json check_arguments(const std::string& qualified_name, const Function& function,
                     const Json& positional, const Json& table, const std::filesystem::path& root) {
  Json given = table.is_object() ? table : Json::object();
  place_positional(qualified_name, function, positional, given);
  Json checked = Json::object();
  for (auto& [key, value] : given.items()) {
    const Option* option = find_option(function, key);
    if (option == nullptr) {
      refuse_unknown(qualified_name, function, key);
    }
    if (!value.is_null()) {
      checked[key] = check_value(qualified_name, *option, std::move(value), root);
    }
  }
  for (const Option& option : function.options) {
    const std::string key(option.name);
    if (checked.contains(key)) {
      continue;
    }
    if (option.required == Required::yes) {
      refuse(Code::option_missing,
             fmt::format("{}: option \"{}\" is missing: {}", qualified_name, key, option.help));
    }
    if (!option.fallback.is_null()) {
      checked[key] = option.fallback;
    }
  }
  return checked;
}

}  // namespace runbook::lua
