// Stored events: whatever the rows hold, an Error or an event that is written as it was read; and
// the fold of them, and all that is asked of the fold, ends in an Error or an answer. Input: a row
// a line, "type state kind attempt time body|step|payload"; numbers that are none count as 0.
#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/journal/event.h"
#include "engine/journal/load.h"
#include "engine/journal/next_action.h"
#include "engine/journal/run_state.h"
#include "tests/fuzz/target.h"

namespace {

std::string_view take(std::string_view& text, char end) {
  const auto length = text.find(end);
  const std::string_view part = text.substr(0, length);
  text.remove_prefix(length == std::string_view::npos ? text.size() : length + 1);
  return part;
}

template <typename Number>
void read_number(std::string_view& columns, Number& number) {
  const std::string_view digits = take(columns, ' ');
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
}

runbook::StoredEvent read_row(std::string_view line, runbook::Sequence sequence) {
  runbook::StoredEvent row;
  row.sequence = sequence;
  std::string_view columns = take(line, '|');
  read_number(columns, row.type);
  read_number(columns, row.state);
  read_number(columns, row.kind);
  read_number(columns, row.attempt);
  read_number(columns, row.time);
  read_number(columns, row.body);
  row.step = take(line, '|');
  row.payload = line;
  return row;
}

/// What was written from an event reads as the same event.
void write_again(const runbook::Event& event) {
  const runbook::StoredEvent written = runbook::encode(event);
  runbook::StoredEvent copy = written;
  const runbook::StoredEvent again = runbook::encode(runbook::decode(std::move(copy)));
  check(again.payload == written.payload && again.state == written.state &&
        again.kind == written.kind && again.body == written.body);
}

void ask(const runbook::RunState& state, const runbook::Event& event) {
  runbook::StepRequest request{.path = event.step};
  if (const auto* started = std::get_if<runbook::event::StepStarted>(&event.payload)) {
    request.body = started->body;
    request.site = started->site;
    request.path += "x";
  }
  static_cast<void>(runbook::next_action(state, {.resumed = true}, request));
  static_cast<void>(state.open_calls_of(event.step));
  static_cast<void>(runbook::next_call_action(state, {.step = event.step}, {}));
  if (state.find_step(event.step) != nullptr) {
    check(!runbook::forgotten_by_rerun(state, event.step).empty());
  }
}

void fold(std::string_view text) {
  runbook::RunState state;
  runbook::Append append;
  while (!text.empty()) {
    const runbook::Event event = runbook::decode(read_row(take(text, '\n'), state.last + 1));
    write_again(event);
    static_cast<void>(runbook::to_json_line(event, "run"));
    runbook::collect_effects(append, event, state);
    runbook::apply(state, event);
    check(state.last == event.sequence && state.step_index.size() == state.steps.size());
    ask(state, event);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(data, data + size);
  try {
    fold(text);
  } catch (const runbook::Error& error) {
    check(!error.message.empty());
  }
  return 0;
}
