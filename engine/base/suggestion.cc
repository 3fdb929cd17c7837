#include "engine/base/suggestion.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/shown_text.h"

namespace runbook {

std::string_view only_match(std::string_view word,
                            const std::vector<std::string_view>& candidates) {
  std::string_view found;
  for (const std::string_view candidate : candidates) {
    if (word.empty() || !candidate.starts_with(word)) {
      continue;
    }
    if (!found.empty() && candidate != found) {
      return {};
    }
    found = candidate;
  }
  return found;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
  std::string_view near = closest_match(word, candidates);
  if (near.empty()) {
    near = only_match(word, candidates);
  }
  return near.empty() ? "" : fmt::format("; did you mean {}?", shell_word(near));
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  return did_you_mean(word, std::vector<std::string_view>(candidates.begin(), candidates.end()));
}

}  // namespace runbook
