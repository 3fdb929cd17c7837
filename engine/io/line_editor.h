#pragma once
// Bytes from a terminal in raw mode → a line of text.

#include <string>

namespace runbook {

class LineEditor {
 public:
  enum class Outcome { more, done, left };

  /// One byte: text, backspace, Ctrl-W (a word), Ctrl-U (all), return; Ctrl-D leaves when nothing
  /// is typed. Escape sequences (arrows …) and other controls do nothing.
  Outcome take(char byte);
  /// True while the bytes of an escape sequence come.
  bool in_escape() const { return escape_ != Escape::none; }
  const std::string& text() const { return text_; }

 private:
  enum class Escape { none, begun, sequence };

  bool skip_escape(char byte);
  void erase_character();
  void erase_word();

  std::string text_;
  Escape escape_ = Escape::none;
};

}  // namespace runbook
