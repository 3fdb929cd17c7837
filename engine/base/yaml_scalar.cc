// YAML 1.2.2, 10.3.2. Written by hand: the patterns as regular expressions took 20 s on an alias
// bomb.
#include "engine/base/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

#include "engine/base/hash.h"

namespace runbook {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

std::size_t skip_digits(std::string_view text, std::size_t i) {
  while (i < text.size() && is_digit(text[i])) {
    ++i;
  }
  return i;
}

/// [-+]? [0-9]+, where what a person wrote with leading zeros is a code and no number.
std::optional<Json> decimal_integer(std::string_view text) {
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) {
    digits.remove_prefix(1);
  }
  if (digits.empty() || skip_digits(digits, 0) != digits.size()) {
    return std::nullopt;
  }
  if (digits.size() > 1 && digits.front() == '0') {
    return Json(text);
  }
  const std::string_view number = negative ? text : digits;
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(number.data(), number.data() + number.size(), value);
  return failed == std::errc() ? Json(value) : Json(number);
}

/// 0x… and 0o…. More hex digits than 2^53 has are an address or a hash, whatever their value.
std::optional<Json> prefixed_integer(std::string_view text) {
  constexpr std::size_t kLongest = 13;
  const bool is_hex = text.starts_with("0x");
  if (!is_hex && !text.starts_with("0o")) {
    return std::nullopt;
  }
  const std::string_view digits = text.substr(2);
  const auto fits = [is_hex](char c) { return is_hex ? is_hex_digit(c) : c >= '0' && c <= '7'; };
  if (digits.empty() || !std::ranges::all_of(digits, fits)) {
    return std::nullopt;
  }
  if (digits.size() > kLongest) {
    return Json(text);
  }
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, is_hex ? 16 : 8);
  return Json(value);
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
std::optional<Json> decimal_fraction(std::string_view text) {
  std::size_t i = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const std::size_t whole = skip_digits(text, i) - i;
  i += whole;
  std::size_t fraction = 0;
  if (i < text.size() && text[i] == '.') {
    fraction = skip_digits(text, i + 1) - (i + 1);
    i += 1 + fraction;
  }
  if (whole + fraction == 0) {
    return std::nullopt;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    const std::size_t sign =
        i + 1 < text.size() && (text[i + 1] == '-' || text[i + 1] == '+') ? 1 : 0;
    const std::size_t exponent = i + 1 + sign;
    i = skip_digits(text, exponent);
    if (i == exponent) {
      return std::nullopt;
    }
  }
  if (i != text.size()) {
    return std::nullopt;
  }
  const std::string_view number = text.starts_with('+') ? text.substr(1) : text;
  double value = 0;
  const auto [end, failed] = std::from_chars(number.data(), number.data() + number.size(), value);
  // 1e999 is more likely a commit than infinity.
  return failed == std::errc() && std::isfinite(value) ? Json(value) : Json(text);
}

bool is_not_finite(std::string_view text) {
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) {
    return true;
  }
  if (text.starts_with('-') || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  return is_one_of(text, {".inf", ".Inf", ".INF"});
}

}  // namespace

std::optional<Json> resolve_plain_scalar(std::string_view text) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) {
    return Json(nullptr);
  }
  if (is_one_of(text, {"true", "True", "TRUE"})) {
    return Json(true);
  }
  if (is_one_of(text, {"false", "False", "FALSE"})) {
    return Json(false);
  }
  if (is_not_finite(text)) {
    return std::nullopt;
  }
  for (const auto read : {decimal_integer, prefixed_integer, decimal_fraction}) {
    if (auto number = read(text)) {
      return number;
    }
  }
  return Json(text);
}

}  // namespace runbook
