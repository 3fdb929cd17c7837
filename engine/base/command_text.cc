#include "engine/base/command_text.h"

#include <algorithm>

#include "engine/base/shown_text.h"

namespace runbook {

std::string command_text(std::string_view command, const std::vector<std::string>& words,
                         std::string_view options) {
  const bool marked = std::any_of(words.begin(), words.end(),
                                  [](const std::string& word) { return word.starts_with('-'); });
  const std::string given = options.empty() ? "" : " " + std::string(options);
  std::string text = "runbook " + std::string(command) + (marked ? given + " --" : "");
  for (const std::string& word : words) {
    text += " " + shell_word(word);
  }
  return text + (marked ? "" : given);
}

}  // namespace runbook
