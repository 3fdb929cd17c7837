#include "engine/view/ending.h"

#include <fmt/format.h>

#include "engine/view/decision_cards.h"
#include "engine/view/failure_card.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

std::string reason_of(const event::CancelRequested& cancel) {
  return cancel.reason.empty() ? "" : ": " + one_line(cancel.reason);
}

}  // namespace

std::string output_lines(const RunState& state) {
  std::string text;
  for (const auto& [name, value] : state.outputs) {
    text += fmt::format("{}: {}\n", name, value_text(value));
  }
  return text;
}

void EndingPrinter::event(const Event& event, const RunState& state) {
  if (std::holds_alternative<event::SessionStarted>(event.payload) && !state.cancel) {
    failure_.clear();  // of a session before: "run again" at the terminal begins another
  }
  const auto* ended = std::get_if<event::SessionEnded>(&event.payload);
  if (ended == nullptr) {
    return;
  }
  if (ended->state == RunPhase::ok) {
    results_ = output_lines(state);
  }
  if (!ended->error.is_null()) {
    failure_ = card(event, state, *ended);
  } else if (ended->state == RunPhase::cancelled && state.cancel) {
    // After the card of a failure that was to cancel it (--cancel-on-failure), if that was why.
    const std::string sentence = fmt::format("Cancelled for good by {}{}. Nothing is left to do.",
                                             state.cancel->actor, reason_of(*state.cancel));
    for (const std::string& line : wrapped(sentence, style().width)) {
      failure_ += line + "\n";
    }
  } else if (ended->state == RunPhase::undone) {
    failure_ = "Undone. Nothing is left to do.\n";
  }
}

std::string EndingPrinter::card(const Event& event, const RunState& state,
                                const event::SessionEnded& ended) const {
  const Error error = Error::from_json(ended.error);
  const CardFacts facts{
      state, run_, error, ended.state, output_.log_file, event.time, output_.state_option};
  switch (ended.state) {
    case RunPhase::unknown:
      return unknown_card(facts, style());
    case RunPhase::waiting:
      return waiting_card(facts, style());
    default:
      return failure_card(facts, style());
  }
}

/// As wide as the terminal is now.
Style EndingPrinter::style() const {
  Style style = output_.style;
  style.width = style.framed ? output_.err.size().columns : 0;
  return style;
}

void EndingPrinter::print_results() {
  if (!results_.empty()) {
    output_.err.flush();
    output_.out.write(results_);
  }
}

std::string EndingPrinter::failure(const Ending& ending) const {
  if (!failure_.empty()) {
    return failure_;
  }
  if (ending.error) {
    return error_lines(*ending.error, output_.state_option);
  }
  return ending.exit == 0 || run_.empty()
             ? ""
             : output_.state_option.put_into(
                   fmt::format("Stopped. State saved.\nNext:  runbook resume {}\n", run_));
}

}  // namespace runbook
