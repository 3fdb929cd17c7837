#pragma once
// A question on a terminal without a live region: written once, and what is typed after it.

#include <string>

#include "engine/view/view.h"

namespace runbook {

class PromptLine {
 public:
  /// `prompt` as View::prompt() is told; null: it is over.
  void show(TextStream& err, const ShownPrompt* prompt);

 private:
  bool is_open_ = false;
  std::string typed_;
};

}  // namespace runbook
