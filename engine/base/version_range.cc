#include "engine/base/version_range.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace runbook {
namespace {

std::string_view without_spaces_around(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

int compare_versions(const std::vector<int>& left, const std::vector<int>& right) {
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const int a = i < left.size() ? left[i] : 0;
    const int b = i < right.size() ? right[i] : 0;
    if (a != b) {
      return a < b ? -1 : 1;
    }
  }
  return 0;
}

/// The first version that "~1.4.2" (below 1.5) or "^1.4" (below 2) leaves out.
std::vector<int> next_after(std::vector<int> numbers, char operation) {
  const std::size_t kept = operation == '^' ? 1 : std::min<std::size_t>(2, numbers.size());
  numbers.resize(kept);
  ++numbers.back();
  return numbers;
}

std::string_view take_operator(std::string_view& text) {
  constexpr std::array<std::string_view, 8> kOperators = {">=", "<=", "==", ">",
                                                          "<",  "=",  "~",  "^"};
  for (const std::string_view one : kOperators) {
    if (text.starts_with(one)) {
      text = without_spaces_around(text.substr(one.size()));
      return one == "==" ? "=" : one;
    }
  }
  return ">=";
}

bool holds(std::string_view comparison, int order) {
  if (order == 0) {
    return comparison.ends_with("=");
  }
  return comparison.starts_with(order < 0 ? "<" : ">");
}

}  // namespace

std::optional<std::vector<int>> version_numbers(std::string_view version) {
  if (version.starts_with("v")) {
    version.remove_prefix(1);
  }
  std::vector<int> numbers;
  while (true) {
    int number = 0;
    const auto read = std::from_chars(version.data(), version.data() + version.size(), number);
    if (read.ec != std::errc() || number < 0) {
      return std::nullopt;
    }
    numbers.push_back(number);
    version.remove_prefix(static_cast<std::size_t>(read.ptr - version.data()));
    if (!version.starts_with(".") || version.size() < 2 || version[1] < '0' || version[1] > '9') {
      return numbers;
    }
    version.remove_prefix(1);
  }
}

std::optional<VersionRange> VersionRange::parse(std::string_view text) {
  constexpr std::string_view kVersionCharacters = "0123456789.abcdefghijklmnopqrstuvwxyz-+";
  VersionRange range;
  text = without_spaces_around(text);
  if (text == "*") {
    return range;
  }
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view one = without_spaces_around(text.substr(0, comma));
    const std::string_view operation = take_operator(one);
    const auto numbers = version_numbers(one);
    if (!numbers || one.find_first_not_of(kVersionCharacters) != std::string_view::npos) {
      return std::nullopt;
    }
    if (operation == "~" || operation == "^") {
      range.bounds_.push_back({">=", *numbers});
      range.bounds_.push_back({"<", next_after(*numbers, operation[0])});
    } else {
      range.bounds_.push_back({operation, *numbers});
    }
    if (comma == text.size()) {
      return range;
    }
    text.remove_prefix(comma + 1);
  }
}

bool VersionRange::contains(std::string_view version) const {
  const std::vector<int> numbers = version_numbers(version).value_or(std::vector<int>{});
  return std::ranges::all_of(bounds_, [&](const Bound& bound) {
    return holds(bound.comparison, compare_versions(numbers, bound.numbers));
  });
}

}  // namespace runbook
