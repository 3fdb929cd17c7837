#include "engine/view/prompt_line.h"

#include <algorithm>

#include "engine/view/text_width.h"

namespace runbook {

void PromptLine::show(TextStream& err, const ShownPrompt* prompt) {
  std::string text;
  if (prompt == nullptr) {
    text = is_open_ ? "\n" : "";
    is_open_ = false;
    typed_.clear();
    err.write(text);
    return;
  }
  if (!is_open_) {
    for (const std::string& line : prompt->lines) {
      text += line + "\n";
    }
    text += prompt->ask;
    is_open_ = true;
  }
  const auto [kept, same] =
      std::mismatch(typed_.begin(), typed_.end(), prompt->typed.begin(), prompt->typed.end());
  for (std::size_t gone = text_columns({kept, typed_.end()}); gone > 0; --gone) {
    text += "\b \b";
  }
  text.append(same, prompt->typed.end());
  typed_ = prompt->typed;
  err.write(text);
}

}  // namespace runbook
