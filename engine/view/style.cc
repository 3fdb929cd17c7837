#include "engine/view/style.h"

#include <algorithm>

#include "engine/view/text_width.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

std::string_view escape(Color color) {
  switch (color) {
    case Color::none:
      return {};
    case Color::good:
      return "\x1b[32m";
    case Color::bad:
      return "\x1b[31m";
    case Color::busy:
      return "\x1b[36m";
    case Color::wait:
      return "\x1b[33m";
    case Color::dim:
      return "\x1b[2m";
    case Color::strong:
      return "\x1b[1m";
  }
  return {};
}

}  // namespace

void paint_onto(std::string& line, std::string_view text, Color color, const Style& style) {
  if (!style.color || color == Color::none || text.empty()) {
    line += text;
    return;
  }
  line.append(escape(color)).append(text).append("\x1b[0m");
}

std::string paint(std::string_view text, Color color, const Style& style) {
  std::string line;
  paint_onto(line, text, color, style);
  return line;
}

std::string_view state_symbol(State state, const Style& style) {
  switch (state) {
    case State::pending:
      return style.unicode ? "·" : "    ";
    case State::running:
      return style.unicode ? "●" : "..  ";
    case State::ok:
      return style.unicode ? "✓" : "ok  ";
    case State::failed:
      return style.unicode ? "✗" : "FAIL";
    case State::interrupted:
    case State::cancelled:
      return style.unicode ? "■" : "stop";
    case State::unknown:
      return style.unicode ? "?" : "??  ";
    case State::waiting:
      return style.unicode ? "○" : "wait";
    case State::skipped:
      return style.unicode ? "–" : "skip";
  }
  return {};
}

Color state_color(State state) {
  switch (state) {
    case State::ok:
      return Color::good;
    case State::failed:
      return Color::bad;
    case State::running:
      return Color::busy;
    case State::interrupted:
    case State::cancelled:
    case State::unknown:
    case State::waiting:
      return Color::wait;
    case State::pending:
    case State::skipped:
      return Color::dim;
  }
  return Color::none;
}

std::string_view separator(const Style& style) {
  return style.unicode ? " · " : ", ";
}

StyledLine& StyledLine::add(std::string_view text, Color color) {
  columns_ += text_columns(text);
  parts_.push_back({std::string(text), color});
  return *this;
}

StyledLine& StyledLine::to_column(std::size_t column) {
  const std::size_t least = columns_ == 0 ? 0 : 1;
  return add(std::string(std::max(column - std::min(column, columns_), least), ' '));
}

std::string StyledLine::render(const Style& style, std::size_t width) const {
  std::string text;
  std::size_t left = width;
  for (const Part& part : parts_) {
    if (width == 0 || columns_ <= width) {
      paint_onto(text, part.text, part.color, style);
      continue;
    }
    const std::size_t columns = text_columns(part.text);
    paint_onto(text, cut_end(part.text, left, style.unicode), part.color, style);
    if (columns >= left) {
      break;
    }
    left -= columns;
  }
  return text;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::string plain = plain_text(text);
  plain.erase(plain.find_last_not_of('\n') + 1);
  std::vector<std::string> lines(1);
  bool at_begin = true;
  for (std::string_view rest = plain;;) {
    const std::size_t end = std::min(rest.find_first_of(" \n"), rest.size());
    const std::string_view word = rest.substr(0, end);
    if (width != 0 && !at_begin && text_columns(lines.back()) + 1 + text_columns(word) > width) {
      lines.emplace_back();
      at_begin = true;
    }
    lines.back().append(at_begin ? "" : " ").append(word);
    at_begin = false;
    if (end == rest.size()) {
      return lines;
    }
    if (rest[end] == '\n') {
      lines.emplace_back();
      at_begin = true;
    }
    rest.remove_prefix(end + 1);
  }
}

}  // namespace runbook
