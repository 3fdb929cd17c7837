#include "engine/base/secret.h"
#include "engine/lua/module.h"

namespace runbook {

std::string_view type_name(Type type) {
  switch (type) {
    case Type::string:
      return "a string";
    case Type::bytes:
      return "a string";
    case Type::integer:
      return "a whole number";
    case Type::number:
      return "a number";
    case Type::boolean:
      return "true or false";
    case Type::path:
      return "a path";
    case Type::duration:
      return "a duration such as \"30s\"";
    case Type::url:
      return "a URL";
    case Type::secret:
      return "a secret";
    case Type::list:
      return "a list";
    case Type::strings:
      return "a list of strings";
    case Type::table:
      return "a table";
    case Type::data:
      return "data";
  }
  return "data";
}

bool Call::has(std::string_view name) const {
  const auto found = options_.find(name);
  return found != options_.end() && !found->is_null();
}

std::string Call::text(std::string_view name) const {
  return options_.at(std::string(name)).get<std::string>();
}

std::string Call::text_or(std::string_view name, std::string_view fallback) const {
  return has(name) ? text(name) : std::string(fallback);
}

bool Call::flag(std::string_view name) const {
  return has(name) && options_.at(std::string(name)).get<bool>();
}

std::int64_t Call::integer_or(std::string_view name, std::int64_t fallback) const {
  return has(name) ? options_.at(std::string(name)).get<std::int64_t>() : fallback;
}

std::chrono::milliseconds Call::duration_or(std::string_view name,
                                            std::chrono::milliseconds fallback) const {
  return has(name) ? parse_duration(text(name)) : fallback;
}

bool Call::holds_secret(std::string_view text) const {
  return host_.secrets != nullptr && host_.secrets->conceal(text) != text;
}

std::size_t Call::whole_length(std::string_view beginning) const {
  return host_.secrets == nullptr ? beginning.size() : host_.secrets->whole_length(beginning);
}

}  // namespace runbook
