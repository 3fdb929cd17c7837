#include "engine/base/bigint.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include <boost/multiprecision/cpp_int.hpp>

#include "engine/base/error.h"

namespace runbook {
namespace {

// The product of two magnitudes of 256 bits fits, and 78 digits with 77 decimals; every result is
// checked before it is a Bigint.
using Wide = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<
    640, 640, boost::multiprecision::signed_magnitude, boost::multiprecision::unchecked, void>>;

constexpr unsigned kBits = 256;
constexpr std::size_t kMostDigits = 78;  // 2^256 has so many
constexpr std::int64_t kLargestWhole = std::int64_t{1} << 53;
constexpr std::string_view kDecimal = "0123456789";
constexpr std::string_view kHexadecimal = "0123456789abcdefABCDEF";

[[noreturn]] void refuse_text(std::string_view text, std::string_view why) {
  refuse(Code::bigint_invalid, fmt::format("{:?} is no whole number{}", text.substr(0, 100), why));
}

bool consists_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

/// Digits without sign and prefix; leading zeros would make them octal for Boost.
Wide read_digits(std::string_view prefix, std::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  if (digits.size() > kMostDigits) {
    refuse(Code::bigint_arithmetic,
           fmt::format("a number of {} digits is beyond 256 bits", digits.size()));
  }
  return Wide(fmt::format("{}{}", prefix, digits));
}

Wide power_of_ten(unsigned exponent) {
  if (exponent >= kMostDigits) {
    refuse(Code::bigint_invalid,
           fmt::format("{} decimals are more than a number of 256 bits has", exponent));
  }
  return boost::multiprecision::pow(Wide(10), exponent);
}

}  // namespace

/// To Boost's integers and back.
struct Bigint::Exact {
  static Wide wide(const Bigint& value) {
    Wide number;
    boost::multiprecision::import_bits(number, value.limbs_.begin(), value.limbs_.end(), 64, false);
    return value.is_negative() ? Wide(-number) : number;
  }

  static Bigint of(const Wide& number) {
    const Wide magnitude = abs(number);
    const bool negative = number < 0;
    if (magnitude > 0 && msb(magnitude) >= kBits - (negative ? 1 : 0) &&
        !(negative && magnitude == Wide(1) << (kBits - 1))) {
      refuse(Code::bigint_arithmetic,
             negative ? "the result is below -2^255, the least of int256"
                      : "the result is above 2^256 - 1, the largest of uint256");
    }
    Bigint value;
    boost::multiprecision::export_bits(magnitude, value.limbs_.begin(), 64, false);
    value.negative_ = negative ? 1 : 0;
    return value;
  }

  static Wide divisor(const Bigint& value) {
    if (value == Bigint()) {
      refuse(Code::bigint_arithmetic, "division by zero");
    }
    return wide(value);
  }
};

Bigint::Bigint(std::int64_t value) {
  *this = Exact::of(Wide(value));
}

Bigint Bigint::parse(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space != std::string_view::npos) {
    return parse(text.substr(0, space), unit_decimals(text.substr(space + 1)));
  }
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative ? 1 : 0);
  const bool hexadecimal = digits.starts_with("0x");
  if (!hexadecimal) {
    return parse(text, 0);
  }
  if (!consists_of(digits.substr(2), kHexadecimal)) {
    refuse_text(text, "");
  }
  const Wide number = read_digits("0x", digits.substr(2));
  return Exact::of(negative ? Wide(-number) : number);
}

Bigint Bigint::parse(std::string_view text, unsigned decimals) {
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative ? 1 : 0);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  const std::string_view whole = digits.substr(0, point);
  std::string_view part = digits.substr(std::min(point + 1, digits.size()));
  if (!consists_of(whole, kDecimal) || (point < digits.size() && !consists_of(part, kDecimal))) {
    refuse_text(text, text.find_first_of("eE") != std::string_view::npos &&
                              consists_of(digits, "0123456789.eE+-")
                          ? ": write all its digits, or a unit as in \"1 ether\""
                          : "");
  }
  part = part.substr(0, part.find_last_not_of('0') + 1);
  if (part.size() > decimals) {
    refuse_text(text, fmt::format(" with {} decimals: \"{}\" would be lost", decimals,
                                  part.substr(decimals)));
  }
  Wide number = read_digits("", whole) * power_of_ten(decimals);
  if (!part.empty()) {
    number += read_digits("", part) * power_of_ten(decimals - static_cast<unsigned>(part.size()));
  }
  return Exact::of(negative ? Wide(-number) : number);
}

Bigint Bigint::of_unsigned(const Word& word) {
  Wide number;
  boost::multiprecision::import_bits(number, word.begin(), word.end());
  return Exact::of(number);
}

Bigint Bigint::of_signed(const Word& word) {
  Wide number;
  boost::multiprecision::import_bits(number, word.begin(), word.end());
  return Exact::of(word.front() < 0x80 ? number : Wide(number - (Wide(1) << kBits)));
}

std::string Bigint::text() const {
  return Exact::wide(*this).str();
}

std::string Bigint::hex() const {
  const Wide magnitude = abs(Exact::wide(*this));
  return (is_negative() ? "-0x" : "0x") + magnitude.str(0, std::ios_base::hex);
}

std::string Bigint::text_in(unsigned decimals) const {
  const Wide unit = power_of_ten(decimals);
  const Wide magnitude = abs(Exact::wide(*this));
  const std::string part = Wide(magnitude % unit).str();
  std::string text = (is_negative() ? "-" : "") + Wide(magnitude / unit).str();
  if (part != "0") {
    text += "." + std::string(decimals - part.size(), '0') + part;
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text;
}

Bigint::Word Bigint::word() const {
  const Wide number = Exact::wide(*this);
  std::vector<std::uint8_t> bytes;
  boost::multiprecision::export_bits(is_negative() ? Wide(number + (Wide(1) << kBits)) : number,
                                     std::back_inserter(bytes), 8);
  Word word{};
  std::ranges::copy(bytes, word.end() - static_cast<std::ptrdiff_t>(bytes.size()));
  return word;
}

double Bigint::number() const {
  if (*this > Bigint(kLargestWhole) || *this < Bigint(-kLargestWhole)) {
    refuse(Code::bigint_arithmetic,
           fmt::format("{} is beyond 2^53, where numbers are no longer exact", text()),
           "compute with the bigint itself, or show it: tostring(x), x:format(\"ether\")");
  }
  return static_cast<double>(Exact::wide(*this).convert_to<std::int64_t>());
}

Bigint Bigint::operator-() const {
  return Exact::of(-Exact::wide(*this));
}

Bigint operator+(const Bigint& a, const Bigint& b) {
  return Bigint::Exact::of(Bigint::Exact::wide(a) + Bigint::Exact::wide(b));
}

Bigint operator-(const Bigint& a, const Bigint& b) {
  return Bigint::Exact::of(Bigint::Exact::wide(a) - Bigint::Exact::wide(b));
}

Bigint operator*(const Bigint& a, const Bigint& b) {
  return Bigint::Exact::of(Bigint::Exact::wide(a) * Bigint::Exact::wide(b));
}

Bigint operator/(const Bigint& a, const Bigint& b) {
  return Bigint::Exact::of(Bigint::Exact::wide(a) / Bigint::Exact::divisor(b));
}

Bigint operator%(const Bigint& a, const Bigint& b) {
  return Bigint::Exact::of(Bigint::Exact::wide(a) % Bigint::Exact::divisor(b));
}

Bigint Bigint::power(const Bigint& exponent) const {
  if (exponent.is_negative()) {
    refuse(Code::bigint_arithmetic, "a negative exponent has no whole result");
  }
  Bigint result = 1;
  Bigint factor = *this;
  Wide left = Exact::wide(exponent);
  while (left > 0) {
    if ((left & 1) != 0) {
      result = result * factor;
    }
    left >>= 1;
    if (left > 0) {  // the last square is not wanted, and might not fit
      factor = factor * factor;
    }
  }
  return result;
}

std::strong_ordering Bigint::operator<=>(const Bigint& other) const {
  const int difference = Exact::wide(*this).compare(Exact::wide(other));
  return difference <=> 0;
}

unsigned unit_decimals(std::string_view unit) {
  if (unit == "ether") {
    return 18;
  }
  if (unit == "gwei") {
    return 9;
  }
  if (unit == "wei") {
    return 0;
  }
  refuse(Code::bigint_invalid,
         fmt::format("\"{}\" is no unit: they are wei, gwei and ether", unit.substr(0, 40)));
}

}  // namespace runbook
