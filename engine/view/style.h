#pragma once
// What a terminal can show: colours, symbols, a width; and a line of coloured parts that fits it.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/journal/event.h"

namespace runbook {

struct Style {
  bool color = false;
  bool unicode = true;    ///< else only ASCII, and words for symbols
  bool framed = false;    ///< on a screen: cards have a rule at their left, prose is wrapped
  std::size_t width = 0;  ///< prose is wrapped there; 0: nowhere
};

enum class Color { none, good, bad, busy, wait, dim, strong };

std::string paint(std::string_view text, Color color, const Style& style);
/// The same at the end of `line`.
void paint_onto(std::string& line, std::string_view text, Color color, const Style& style);
/// "✓", or "ok  " without Unicode: always of the same width.
std::string_view state_symbol(State state, const Style& style);
Color state_color(State state);
/// " · ", or ", ".
std::string_view separator(const Style& style);

class StyledLine {
 public:
  StyledLine& add(std::string_view text, Color color = Color::none);
  /// Spaces up to this column, at least one if something is there.
  StyledLine& to_column(std::size_t column);
  std::size_t columns() const { return columns_; }
  /// Cut to `width` columns; 0: not at all.
  std::string render(const Style& style, std::size_t width) const;

 private:
  struct Part {
    std::string text;
    Color color;
  };
  std::vector<Part> parts_;
  std::size_t columns_ = 0;
};

/// `text` in lines of at most `width` columns, broken between words (0: as it is); a word that is
/// longer stays whole, so that it can be copied.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace runbook
