#pragma once
// The lower end of a terminal: lines that stay, and below them a region that is drawn over.

#include <string>
#include <string_view>
#include <vector>

#include "engine/view/view.h"

namespace runbook {

class TreeScreen {
 public:
  explicit TreeScreen(TextStream& err) : err_(err) {
    measure();
    err_.write_behind();
  }

  /// As it was when it was last drawn: to ask for each line would cost more than the line.
  const ScreenSize& size() const { return size_; }
  /// Asks the terminal.
  const ScreenSize& measure();
  /// Whole lines that stay: written with the next draw().
  void keep(std::string_view lines) { kept_ += lines; }
  bool has_much() const { return kept_.size() > kMuch; }
  /// The terminal has not shown what was drawn last.
  bool is_behind() const { return err_.is_behind(); }
  /// One write with what was kept and the region, if either is new. With `open_end` the cursor
  /// stays behind the last line, for what is typed there. REQUIRES: no line is wider than the
  /// terminal less one column.
  void draw(std::vector<std::string> region, bool open_end);
  /// Only what was kept is left on the screen, the cursor at the beginning of a line.
  void clear() { draw({}, false); }
  /// Nothing is written any more, so that somebody else may.
  void flush() { err_.flush(); }
  /// Somebody else has written: what was drawn is left as it is.
  void forget() { region_.clear(); }

 private:
  static constexpr std::size_t kMuch = std::size_t{64} << 10;

  std::size_t rows_above_cursor(std::size_t columns) const;

  TextStream& err_;
  ScreenSize size_;
  std::string kept_;
  std::vector<std::string> region_;
  std::size_t columns_ = 0;  ///< when region_ was drawn
  bool open_end_ = false;
};

}  // namespace runbook
