#include "engine/lua/lexer.h"

#include <algorithm>
#include <string>

namespace runbook::lua {
namespace {

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  /// The next word outside strings and comments; empty at the end.
  std::string_view next_word() {
    while (at_ < source_.size()) {
      const char c = source_[at_];
      if (is_word_character(c)) {
        const std::size_t begin = at_;
        while (at_ < source_.size() && is_word_character(source_[at_])) {
          ++at_;
        }
        return source_.substr(begin, at_ - begin);
      }
      skip(c);
    }
    return {};
  }

  /// Line of the last word.
  int line() {
    line_ += static_cast<int>(std::ranges::count(source_.substr(counted_, at_ - counted_), '\n'));
    counted_ = at_;
    return line_;
  }
  std::size_t position() const { return at_; }

  /// The text of a string that stands here, as an argument with or without parentheses; empty if
  /// none does.
  std::string_view string_argument() const {
    const std::size_t begin = std::min(source_.find_first_not_of(" \t(", at_), source_.size());
    const std::string_view rest = source_.substr(begin);
    if (!rest.starts_with('"') && !rest.starts_with('\'')) {
      return {};
    }
    return rest.substr(1, rest.find(rest.front(), 1) - 1);
  }

 private:
  void skip(char c) {
    if (c == '"' || c == '\'') {
      skip_quoted(c);
    } else if (source_.substr(at_).starts_with("--")) {
      at_ += 2;
      if (!skip_long()) {
        at_ = std::min(source_.find('\n', at_), source_.size());
      }
    } else if (c != '[' || !skip_long()) {
      ++at_;
    }
  }

  void skip_quoted(char quote) {
    for (++at_; at_ < source_.size() && source_[at_] != quote; ++at_) {
      at_ += source_[at_] == '\\' ? std::size_t{1} : 0;
    }
    at_ = std::min(at_ + 1, source_.size());
  }

  /// [[ … ]], [=[ … ]=] …; false (nothing skipped) if none begins here.
  bool skip_long() {
    const std::size_t level = source_.find_first_not_of('=', at_ + 1);
    if (source_.substr(at_, 1) != "[" || level == std::string_view::npos || source_[level] != '[') {
      return false;
    }
    std::string close(source_.substr(at_, level - at_ + 1));
    close.front() = close.back() = ']';
    const std::size_t end = source_.find(close, level + 1);
    at_ = end == std::string_view::npos ? source_.size() : end + close.size();
    return true;
  }

  std::string_view source_;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;
  int line_ = 1;
};

}  // namespace

std::vector<FunctionSpan> find_functions(std::string_view source) {
  constexpr std::size_t kOther = static_cast<std::size_t>(-1);
  std::vector<FunctionSpan> functions;
  std::vector<std::size_t> open;  // index of a function, or another block
  Lexer lexer(source);
  for (auto word = lexer.next_word(); !word.empty(); word = lexer.next_word()) {
    if (word == "function") {
      open.push_back(functions.size());
      functions.push_back({lexer.line(), lexer.position() - word.size(), source.size()});
    } else if (word == "do" || word == "if" || word == "repeat") {  // while and for have a do
      open.push_back(kOther);
    } else if ((word == "end" || word == "until") && !open.empty()) {
      if (open.back() != kOther) {
        functions[open.back()].end = lexer.position();
      }
      open.pop_back();
    }
  }
  return functions;
}

std::vector<RequiredModule> find_required(std::string_view source) {
  std::vector<RequiredModule> required;
  Lexer lexer(source);
  for (auto word = lexer.next_word(); !word.empty(); word = lexer.next_word()) {
    const std::string_view name = word == "require" ? lexer.string_argument() : std::string_view();
    if (!name.empty()) {
      required.push_back({lexer.line(), std::string(name)});
    }
  }
  return required;
}

}  // namespace runbook::lua
