#pragma once
// The steps that run now as lines of a terminal: a tree that fits its size.

#include <string>
#include <vector>

#include "engine/view/style.h"
#include "engine/view/tree_steps.h"
#include "engine/view/view.h"

namespace runbook {

struct TreeFrame {
  ScreenSize size;
  Timestamp now = 0;
  Timestamp began = 0;    ///< of the session
  std::size_t taken = 0;  ///< lines that a question needs below
};

/// At most two thirds of the terminal's height.
std::vector<StyledLine> tree_lines(const TreeSteps& steps, const TreeFrame& frame,
                                   const Style& style);
/// "3 done · 1 failed · 2 running".
std::string counts_text(const Progress& progress, std::size_t running, const Style& style);
/// "✓ prepare    3.1s  remark" and a newline: how a step that ended stays on the screen. Not cut
/// but for the remark.
std::string ended_line(State state, std::string_view path, std::string_view duration,
                       std::string_view remark, const Style& style, std::size_t columns);

}  // namespace runbook
