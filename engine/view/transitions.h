#pragma once
// What an event says, in one word and one line: the same in every view that shows lines.

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "engine/journal/run_state.h"
#include "engine/view/state_option.h"
#include "engine/view/style.h"

namespace runbook {

struct Transition {
  std::string what;  ///< "running", "FAIL"
  std::string text;
  Color color = Color::none;  ///< of the word
};

class Transitions {
 public:
  explicit Transitions(StateOption state_option) : state_option_(std::move(state_option)) {}
  void begun(const std::string& run) { run_ = run; }
  /// nullopt: of no interest to a person. `state` may be ahead of the event.
  std::optional<Transition> of(const Event& event, const RunState& state);

 private:
  StateOption state_option_;
  std::string run_;
  std::unordered_map<std::string, Timestamp> started_;
};

/// "RB0612 kubectl exited with 1".
std::string error_text(const Json& error);

}  // namespace runbook
