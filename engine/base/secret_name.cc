#include "engine/base/secret_name.h"

#include <algorithm>
#include <array>
#include <string>

namespace runbook {

bool names_secret(std::string_view name) {
  std::string upper(name);
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  static constexpr std::array<std::string_view, 8> kWords{
      "SECRET", "TOKEN", "PASSWORD", "PASSWD", "PRIVATE", "CREDENTIAL", "MNEMONIC", "API_KEY"};
  return upper == "KEY" || upper.ends_with("_KEY") ||
         std::ranges::any_of(
             kWords, [&](std::string_view word) { return upper.find(word) != std::string::npos; });
}

}  // namespace runbook
