#pragma once
// A card: what a session says when it stops and somebody has to act. A head, named blocks, and
// below them what to type.

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/view/next_commands.h"
#include "engine/view/state_option.h"
#include "engine/view/style.h"

namespace runbook {

class Card {
 public:
  /// REQUIRES: both outlive this.
  Card(const Style& style, const StateOption& state_option)
      : style_(style), state_option_(state_option) {}

  /// "RB0612  a command ended with an error".
  void head(Code code, Color color);
  /// A name in a column of its own and prose beside it, wrapped.
  void block(std::string_view name, std::string_view text);
  /// Likewise for what must be copied or recognised: never broken.
  void exact(std::string_view name, std::string_view text);
  /// Output of somebody else.
  void quote(const std::vector<std::string>& lines);
  /// The hint of an error, and where to read more.
  void advice(const Error& error);
  /// Ends the blocks; a sentence below them.
  void say(std::string_view sentence);
  void next(std::vector<NextStep> steps);

  std::string take() { return std::move(text_); }

 private:
  std::size_t room_beside(std::size_t indentation) const;
  void framed(std::string_view line);
  void close();

  const Style& style_;
  const StateOption& state_option_;
  std::string text_;
  bool open_ = false;  ///< blocks may follow
};

/// "3 steps are done and kept. State saved."
std::string kept_sentence(const RunState& state);

}  // namespace runbook
