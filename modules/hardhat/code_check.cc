#include "modules/hardhat/code_check.h"

#include <algorithm>
#include <charconv>

#include "engine/base/hash.h"

namespace runbook::hardhat {

namespace {

constexpr std::size_t kAddressDigits = 40;
constexpr char kAny = '?';

std::string digits_of(std::string_view code) {
  std::string digits(code.substr(code.substr(0, 2) == "0x" ? 2 : 0));
  std::ranges::transform(digits, digits.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return digits;
}

void mask(std::string& digits, std::size_t begin, std::size_t length) {
  const std::size_t end = std::min(begin + length, digits.size());
  std::fill(digits.begin() + static_cast<std::ptrdiff_t>(std::min(begin, end)),
            digits.begin() + static_cast<std::ptrdiff_t>(end), kAny);
}

// A placeholder is as long as the address: __$<34 digits>$__, formerly __<a name>___.
void mask_links(std::string& digits) {
  for (std::size_t at = 0; at < digits.size(); ++at) {
    if (digits[at] == '_') {
      mask(digits, at, kAddressDigits);
    }
  }
}

// A library begins with its own address, which is zeros until it is deployed (PUSH20 … ADDRESS EQ).
void mask_own_address(std::string& digits) {
  if (digits.starts_with("73" + std::string(kAddressDigits, '0') + "3014")) {
    mask(digits, 2, kAddressDigits);
  }
}

// CBOR at the end; its length stands in the last two bytes.
void drop_metadata(std::string& digits) {
  constexpr std::size_t kLengthDigits = 4;
  if (digits.size() < kLengthDigits) {
    return;
  }
  std::size_t length = 0;
  const char* end = digits.data() + digits.size();
  if (std::from_chars(end - kLengthDigits, end, length, 16).ptr != end) {
    return;
  }
  const std::size_t whole = 2 * length + kLengthDigits;
  if (whole >= digits.size()) {
    return;
  }
  const std::string_view first(digits.data() + digits.size() - whole, 2);
  if (first >= "a1" && first <= "a4") {  // a map of one to four entries
    digits.resize(digits.size() - whole);
  }
}

bool matches(char expected, char actual) {
  return expected == kAny || expected == actual;
}

}  // namespace

bool is_same_code(std::string_view expected, std::string_view actual,
                  const std::vector<CodeSpan>& immutables) {
  std::string want = digits_of(expected);
  std::string have = digits_of(actual);
  if (have.empty()) {
    return want.empty();
  }
  mask_links(want);
  mask_own_address(want);
  for (const CodeSpan& span : immutables) {
    mask(want, 2 * span.start, 2 * span.length);
  }
  drop_metadata(want);
  drop_metadata(have);
  return want.size() == have.size() && std::ranges::equal(want, have, matches);
}

std::vector<CodeSpan> guessed_immutables(std::string_view code) {
  constexpr std::size_t kWord = 32;
  const std::string digits = digits_of(code);
  const std::string place = "7f" + std::string(2 * kWord, '0');
  std::vector<CodeSpan> spans;
  for (std::size_t at = digits.find(place); at != std::string::npos;
       at = digits.find(place, at + place.size())) {
    spans.push_back({at / 2 + 1, kWord});
  }
  return spans;
}

}  // namespace runbook::hardhat
