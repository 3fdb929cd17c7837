#include "engine/view/ending.h"

#include <fmt/format.h>

#include "engine/view/failure_card.h"
#include "engine/view/wording.h"

namespace runbook {

std::string output_lines(const RunState& state) {
  std::string text;
  for (const auto& [name, value] : state.outputs) {
    text += fmt::format("{}: {}\n", name, value_text(value));
  }
  return text;
}

void EndingPrinter::event(const Event& event, const RunState& state) {
  const auto* ended = std::get_if<event::SessionEnded>(&event.payload);
  if (ended == nullptr) {
    return;
  }
  if (ended->state == RunPhase::ok) {
    results_ = output_lines(state);
  }
  if (!ended->error.is_null()) {
    failure_ =
        failure_card(state, run_, Error::from_json(ended->error), ended->state, output_.log_file);
  }
}

void EndingPrinter::print_results() {
  output_.out.write(results_);
}

void EndingPrinter::print_failure(const Ending& ending) {
  if (!failure_.empty()) {
    output_.err.write(failure_);
  } else if (ending.error) {
    output_.err.write(error_lines(*ending.error));
  } else if (ending.exit != 0 && !run_.empty()) {
    output_.err.write(fmt::format("Stopped. State saved.\nNext:  runbook resume {}\n", run_));
  }
}

}  // namespace runbook
