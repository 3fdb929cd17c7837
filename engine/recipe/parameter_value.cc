// The rules of each type of parameter, one function each: long because the types are many.
#include "engine/recipe/parameter_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/base/bigint.h"
#include "engine/base/duration.h"
#include "engine/base/hash.h"
#include "engine/base/secret.h"
#include "engine/base/secret_forms.h"
#include "engine/base/utf8.h"
#include "engine/lua/values.h"
#include "engine/recipe/url_parts.h"

namespace runbook {
namespace {

constexpr std::int64_t kLargestWhole = std::int64_t{1} << 53;
ParameterReading wrong(std::string problem) {
  return {nullptr, std::move(problem)};
}

std::string_view json_kind(const Json& value) {
  return value.is_array() ? "a list" : value.is_object() ? "a table" : value.type_name();
}

ParameterReading in_range(const Parameter& declared, Json value) {
  const double number = value.get<double>();
  if (declared.min && number < *declared.min) {
    return wrong(fmt::format("must be at least {}, not {}", *declared.min, value.dump()));
  }
  if (declared.max && number > *declared.max) {
    return wrong(fmt::format("must be at most {}, not {}", *declared.max, value.dump()));
  }
  return {std::move(value), {}};
}

ParameterReading read_integer(const Parameter& declared, const std::string& text) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed == std::errc::invalid_argument || end != text.data() + text.size()) {
    return wrong(fmt::format("must be a whole number, not \"{}\"", text));
  }
  if (failed != std::errc() || number < -kLargestWhole || number > kLargestWhole) {
    return wrong("is beyond 2^53, where Lua's numbers are no longer exact: declare it a bigint");
  }
  return in_range(declared, number);
}

ParameterReading read_number(const Parameter& declared, const std::string& text) {
  double number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
    return wrong(fmt::format("must be a number, not \"{}\"", text));
  }
  return in_range(declared, number);
}

/// In stored form, as the recipe records it.
ParameterReading read_bigint(const std::string& text) {
  try {
    return {{{"$bigint", Bigint::parse(text).text()}}, {}};
  } catch (const Error& error) {
    return wrong(
        fmt::format("must be an amount such as 1000, 0x3e8 or \"0.5 ether\": {}", error.message));
  }
}

ParameterReading read_bigint_data(const Json& data) {
  if (data.is_number_integer()) {
    return read_bigint(data.dump());
  }
  const bool tagged = data.is_object() && data.size() == 1 && data.contains("$bigint");
  const Json& text = tagged ? data.at("$bigint") : data;  // a default that is a bigint already
  return text.is_string()
             ? read_bigint(text.get<std::string>())
             : wrong(fmt::format("must be an amount in digits or a string, not {}",
                                 data.is_number() ? data.dump() : std::string(json_kind(data))));
}

ParameterReading read_choice(const Parameter& declared, const std::string& text) {
  if (std::ranges::find(declared.values, text) != declared.values.end()) {
    return {text, {}};
  }
  const std::string_view near =
      closest_match(text, {declared.values.begin(), declared.values.end()});
  return wrong(fmt::format("must be one of {}, not \"{}\"{}", fmt::join(declared.values, ", "),
                           text, near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
}

ParameterReading read_duration(const std::string& text) {
  try {
    parse_duration(text);
  } catch (const Error& error) {
    return wrong(fmt::format("must be a duration such as 30s or 1h30m: {}", error.message));
  }
  return {text, {}};
}

/// EIP-55: a letter is upper case where the hash of the lower-case digits has a nibble from 8 on.
bool has_address_checksum(std::string_view digits) {
  std::string lower(digits);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
  });
  const std::string hash = to_hex(keccak256(lower));
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const bool letter = lower[i] > '9';
    const bool upper = digits[i] != lower[i];
    if (letter && upper != (hash[i] >= '8')) {
      return false;
    }
  }
  return true;
}

ParameterReading read_address(const std::string& text) {
  const std::string_view digits =
      std::string_view(text).substr(std::min<std::size_t>(2, text.size()));
  if (!text.starts_with("0x") || digits.size() != 40 ||
      digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) {
    return wrong(fmt::format("must be an address, 0x and 40 hexadecimal digits, not \"{}\"", text));
  }
  const bool has_lower = digits.find_first_of("abcdef") != std::string_view::npos;
  const bool has_upper = digits.find_first_of("ABCDEF") != std::string_view::npos;
  if (has_lower && has_upper && !has_address_checksum(digits)) {
    return wrong(fmt::format("{} has a wrong checksum (EIP-55): a digit is mistyped", text));
  }
  return {text, {}};
}

ParameterReading read_url(const std::string& text) {
  const std::optional<UrlParts> parts = split_url(text);
  if (!parts) {
    return wrong("must be a URL such as https://host/path");
  }
  if (!parts->password.empty() && parts->password.size() < kShortestSecret) {
    return wrong(fmt::format("has a password of fewer than {} characters, which cannot be masked",
                             kShortestSecret));
  }
  return {text, {}};
}

ParameterReading read_secret(const std::string& text) {
  if (text.size() < kShortestSecret) {
    return wrong(
        fmt::format("must have at least {} characters, or it cannot be masked", kShortestSecret));
  }
  return {text, {}};
}

ParameterReading read_path(const std::string& text, const std::filesystem::path& root) {
  if (text.empty()) {
    return wrong("must be a path, not empty");
  }
  if (text.find('\0') != std::string::npos) {
    return wrong("must be a path: it has a zero byte");
  }
  return {(root / text).lexically_normal().string(), {}};
}

Parameter item_of(const Parameter& list) {
  Parameter item;
  item.name = list.name;
  item.type = list.of;
  item.values = list.values;
  item.min = list.min;
  item.max = list.max;
  return item;
}

/// Collects the items, or the first problem with its place.
template <typename Items, typename Read>
ParameterReading read_items(const Items& items, const Read& read) {
  Json list = Json::array();
  for (const auto& item : items) {
    ParameterReading reading = read(item);
    if (!reading.problem.empty()) {
      return wrong(fmt::format("item {} {}", list.size() + 1, reading.problem));
    }
    list.push_back(std::move(reading.value));
  }
  return {std::move(list), {}};
}

ParameterReading read_json_text(const Parameter& declared, const std::string& text,
                                const std::filesystem::path& root) {
  try {
    return read_parameter_data(declared, parse_json(text, declared.name), root);
  } catch (const Error& error) {
    return wrong(fmt::format("is not valid JSON: {}", error.message));
  }
}

ParameterReading read_list_text(const Parameter& declared, const std::string& text,
                                const std::filesystem::path& root) {
  if (trimmed(text).starts_with('[')) {
    return read_json_text(declared, text, root);
  }
  std::vector<std::string> items;
  std::string_view rest = trimmed(text);
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    items.emplace_back(trimmed(rest.substr(0, comma)));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  const Parameter item = item_of(declared);
  return read_items(items,
                    [&](const std::string& one) { return read_parameter_text(item, one, root); });
}

bool is_text_type(ParameterType type) {
  using enum ParameterType;
  return type == string || type == enumeration || type == url || type == path || type == duration ||
         type == address || type == secret;
}

ParameterReading read_whole_number(const Parameter& declared, const Json& data) {
  const bool whole =
      data.is_number_integer() ||
      (data.is_number_float() && std::trunc(data.get<double>()) == data.get<double>() &&
       std::fabs(data.get<double>()) <= static_cast<double>(kLargestWhole));
  if (!whole) {
    return wrong(fmt::format("must be a whole number, not {}",
                             data.is_number() ? data.dump() : std::string(json_kind(data))));
  }
  return read_integer(declared, data.is_number_float()
                                    ? std::to_string(static_cast<std::int64_t>(data.get<double>()))
                                    : data.dump());
}

ParameterReading read_list_data(const Parameter& declared, const Json& data,
                                const std::filesystem::path& root) {
  if (data.is_object() && data.empty()) {
    return {Json::array(), {}};  // {} in Lua
  }
  if (!data.is_array()) {
    return wrong(fmt::format("must be a list, not {}", json_kind(data)));
  }
  const Parameter item = item_of(declared);
  return read_items(data, [&](const Json& one) { return read_parameter_data(item, one, root); });
}

}  // namespace

ParameterReading read_parameter_text(const Parameter& declared, const std::string& text,
                                     const std::filesystem::path& root) {
  if (!is_utf8(text)) {
    return wrong("is not valid UTF-8 text");
  }
  switch (declared.type) {
    case ParameterType::string:
      return {text, {}};
    case ParameterType::integer:
      return read_integer(declared, text);
    case ParameterType::number:
      return read_number(declared, text);
    case ParameterType::bigint:
      return read_bigint(text);
    case ParameterType::boolean:
      return text == "true" || text == "false"
                 ? ParameterReading{text == "true", {}}
                 : wrong(fmt::format("must be true or false, not \"{}\"", text));
    case ParameterType::enumeration:
      return read_choice(declared, text);
    case ParameterType::list:
      return read_list_text(declared, text, root);
    case ParameterType::url:
      return read_url(text);
    case ParameterType::path:
      return read_path(text, root);
    case ParameterType::duration:
      return read_duration(text);
    case ParameterType::address:
      return read_address(text);
    case ParameterType::secret:
      return read_secret(text);
    case ParameterType::json:
      return read_json_text(declared, text, root);
  }
  return wrong("has no type");
}

ParameterReading read_parameter_data(const Parameter& declared, const Json& data,
                                     const std::filesystem::path& root) {
  if (is_text_type(declared.type)) {
    return data.is_string() ? read_parameter_text(declared, data.get<std::string>(), root)
                            : wrong(fmt::format("must be a string, not {}", json_kind(data)));
  }
  switch (declared.type) {
    case ParameterType::integer:
      return read_whole_number(declared, data);
    case ParameterType::number:
      return data.is_number() ? in_range(declared, data)
                              : wrong(fmt::format("must be a number, not {}", json_kind(data)));
    case ParameterType::bigint:
      return read_bigint_data(data);
    case ParameterType::boolean:
      return data.is_boolean()
                 ? ParameterReading{data, {}}
                 : wrong(fmt::format("must be true or false, not {}", json_kind(data)));
    case ParameterType::list:
      return read_list_data(declared, data, root);
    default:
      return {data, {}};
  }
}

std::vector<SecretPart> secret_parts(const Parameter& declared, const Json& value) {
  std::vector<SecretPart> parts;
  if (declared.type == ParameterType::secret) {
    parts.push_back({declared.name, value.get<std::string>()});
  } else if (declared.type == ParameterType::url) {
    parts = url_secrets(declared.name, value.get<std::string>());
  } else if (declared.type == ParameterType::list && declared.of == ParameterType::url) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::string name = fmt::format("{}.{}", declared.name, i + 1);
      std::ranges::move(url_secrets(name, value[i].get<std::string>()), std::back_inserter(parts));
    }
  }
  return parts;
}

}  // namespace runbook
