#pragma once
// What is printed when a step failed: what and where in the recipe, why, the command and its last
// lines, the log, and what to type next (design §9).

#include <string>

#include "engine/base/error.h"
#include "engine/journal/run_state.h"
#include "engine/view/card.h"
#include "engine/view/view.h"

namespace runbook {

/// A run as it was at the end of a session. Texts are redacted already.
struct CardFacts {
  const RunState& state;
  const std::string& run;
  const Error& error;  ///< what ended it
  RunPhase phase;
  const LogFile& log_file;
  Timestamp now = 0;
  const StateOption& state_option;
};

std::string failure_card(const CardFacts& facts, const Style& style);
/// For an error without a run: number, message, hint.
std::string error_lines(const Error& error, const StateOption& state_option);

/// "deploy.lua:84" of an error, else of its step (may be null).
std::string site_of(const Json& detail, const StepState* step);
/// The blocks of a card that say which step and which line of the recipe. `step` may be null.
void add_step(Card& card, const CardFacts& facts, const StepState* step);
/// The calls whose end is not recorded, of other steps than `except`.
void add_open_calls(Card& card, const RunState& state, std::string_view except);
/// The path of its log, empty if it has none.
std::string log_of(const CardFacts& facts, const StepState* step);

}  // namespace runbook
