#include "engine/cli/typed_line.h"

#include <algorithm>
#include <utility>

namespace runbook {

namespace {

class Reader {
 public:
  explicit Reader(std::string_view breaks) : breaks_(breaks) {}

  void take(char c) {
    if (escaped_) {
      escaped_ = false;
      add(c);
    } else if (c == '\\' && typed_.quote != '\'') {
      escaped_ = true;
    } else if (typed_.quote != 0) {
      c == typed_.quote ? end_quote() : add(c);
    } else if (c == '\'' || c == '"') {
      typed_.quote = c;
      in_word_ = true;
      typed_.cut = word_.size();
    } else if (c == ' ' || c == '\t') {
      end_word();
    } else {
      add(c);
      if (breaks_.find(c) != std::string_view::npos) {
        // readline keeps these two with what follows them (rl_special_prefixes).
        typed_.cut = c == '@' || c == '$' ? word_.size() - 1 : word_.size();
      }
    }
  }

  TypedLine end() {
    typed_.words.push_back(word_);
    typed_.words.erase(typed_.words.begin());  // the program
    return std::move(typed_);
  }

 private:
  void add(char c) {
    word_ += c;
    in_word_ = true;
  }
  void end_quote() { typed_.quote = 0; }
  void end_word() {
    if (in_word_) {
      typed_.words.push_back(std::move(word_));
      word_.clear();
      in_word_ = false;
    }
    typed_.cut = 0;
  }

  std::string_view breaks_;
  TypedLine typed_;
  std::string word_;
  bool in_word_ = false, escaped_ = false;
};

}  // namespace

std::string TypedLine::replacement(const std::string& word) const {
  const std::string rest = word.substr(std::min(cut, word.size()));
  if (quote != 0) {
    return rest;  // bash closes the quote itself
  }
  std::string quoted;
  for (const char c : rest) {
    if (std::string_view(" \t\\'\"`$&|;<>()*?[]{}!#~").find(c) != std::string_view::npos) {
      quoted += '\\';
    }
    quoted += c;
  }
  return quoted;
}

TypedLine read_typed_line(std::string_view line, std::string_view breaks) {
  Reader reader(breaks);
  for (const char c : line) {
    reader.take(c);
  }
  return reader.end();
}

}  // namespace runbook
