#include "engine/view/tree_screen.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/view/text_width.h"
#include "engine/view/wording.h"

namespace runbook {

const ScreenSize& TreeScreen::measure() {
  size_ = err_.size();
  size_.columns = std::max<std::size_t>(size_.columns, 20);
  size_.rows = std::max<std::size_t>(size_.rows, 5);
  return size_;
}

// A terminal that became narrower has broken the lines of the region (nearly all do: tmux, VTE,
// kitty), so that it takes more rows than it had.
std::size_t TreeScreen::rows_above_cursor(std::size_t columns) const {
  std::size_t rows = 0;
  for (const std::string& line : region_) {
    rows += columns < columns_
                ? std::max<std::size_t>(1, (text_columns(plain_text(line)) + columns - 1) / columns)
                : 1;
  }
  return rows - (open_end_ && rows > 0 ? 1 : 0);
}

void TreeScreen::draw(std::vector<std::string> region, bool open_end) {
  const std::size_t columns = size_.columns;
  if (kept_.empty() && region == region_ && columns == columns_ && open_end == open_end_) {
    return;
  }
  std::string text;
  if (!region_.empty()) {
    const std::size_t rows = rows_above_cursor(columns);
    // Never the whole screen at once: tmux would keep a copy of it in its history.
    text += rows == 0 ? "\r\x1b[J" : fmt::format("\r\x1b[{}A\x1b[K\x1b[B\x1b[J\x1b[A", rows);
  }
  text += kept_;
  for (const std::string& line : region) {
    text += line;
    text += &line == &region.back() && open_end ? "" : "\n";
  }
  kept_.clear();
  region_ = std::move(region);
  columns_ = columns;
  open_end_ = open_end;
  err_.write(text);
}

}  // namespace runbook
