#pragma once
// What a recipe says of a tool's version: ">=1.27", ">=1.27, <2", "~1.4", "*".

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runbook {

/// Numbers as they are counted; what comes after them ("-rc1", "+build") does not decide.
/// "v1.32.4" → 1, 32, 4; nullopt if the text begins with no number.
std::optional<std::vector<int>> version_numbers(std::string_view version);

class VersionRange {
 public:
  /// Operators = == >= > <= < ~ ^ (none = at least), several joined by commas; "~1.4" is at least
  /// 1.4 and below 1.5, "^1.4" is below 2. nullopt if the text is none.
  static std::optional<VersionRange> parse(std::string_view text);

  /// A missing last number is 0: 1.27 is 1.27.0. REQUIRES: version_numbers(version).
  bool contains(std::string_view version) const;

 private:
  struct Bound {
    std::string_view comparison;  ///< one of = >= > <= <
    std::vector<int> numbers;
  };
  std::vector<Bound> bounds_;  ///< all must hold
};

}  // namespace runbook
