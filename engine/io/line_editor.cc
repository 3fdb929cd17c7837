#include "engine/io/line_editor.h"

namespace runbook {

namespace {

constexpr char kControlD = 4;
constexpr char kBackspace = 8;
constexpr char kControlU = 21;
constexpr char kControlW = 23;
constexpr char kEscape = 27;
constexpr char kDelete = 127;

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

}  // namespace

LineEditor::Outcome LineEditor::take(char byte) {
  if (skip_escape(byte)) {
    return Outcome::more;
  }
  switch (byte) {
    case '\r':
    case '\n':
      return Outcome::done;
    case kControlD:
      return text_.empty() ? Outcome::left : Outcome::more;
    case kBackspace:
    case kDelete:
      erase_character();
      break;
    case kControlU:
      text_.clear();
      break;
    case kControlW:
      erase_word();
      break;
    default:
      if (static_cast<unsigned char>(byte) >= 0x20) {
        text_.push_back(byte);
      }
  }
  return Outcome::more;
}

// ESC [ or ESC O, parameters, and a final byte; any other byte after ESC is all of it.
bool LineEditor::skip_escape(char byte) {
  switch (escape_) {
    case Escape::none:
      escape_ = byte == kEscape ? Escape::begun : Escape::none;
      return byte == kEscape;
    case Escape::begun:
      escape_ = byte == '[' || byte == 'O' ? Escape::sequence : Escape::none;
      return true;
    case Escape::sequence:
      escape_ = byte >= '@' && byte <= '~' ? Escape::none : Escape::sequence;
      return true;
  }
  return false;
}

void LineEditor::erase_character() {
  while (!text_.empty() && continues_character(text_.back())) {
    text_.pop_back();
  }
  if (!text_.empty()) {
    text_.pop_back();
  }
}

void LineEditor::erase_word() {
  text_.erase(text_.find_last_not_of(' ') + 1);
  const std::size_t space = text_.find_last_of(' ');
  text_.erase(space == std::string::npos ? 0 : space + 1);
}

}  // namespace runbook
