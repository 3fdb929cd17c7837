// What is asked about steps: a yes before each (--step), whether one of unknown outcome happened.
// And --until, which holds them.

#include <fmt/format.h>

#include <utility>

#include "engine/base/path.h"
#include "engine/recipe/asking.h"

namespace runbook {

namespace {

/// Nothing of it is left to be done by this session. What failed was handled, or is by whatever
/// begins next.
bool is_over(const RunState& state, const StepState& step) {
  const bool failed = step.state == State::failed || step.state == State::cancelled;
  return has_result(step.state) ||
         (failed && (step.handled || step.marked || step.session == state.sessions));
}

}  // namespace

/// --until has ended: the step itself, or all that has begun under the prefix, and `path` lies
/// elsewhere. What has begun in this session may be tried again.
bool Asking::is_past_until(const std::string& path) const {
  const RunState& state = parts_.journal.state();
  const StepState* known = state.find_step(path);
  const bool is_tried_again =
      known != nullptr && known->attempts > 0 && known->session == state.sessions;
  if (options_.until.empty() || is_under(path, options_.until) || is_tried_again) {
    return false;
  }
  if (const StepState* step = state.find_step(options_.until)) {
    return is_over(state, *step);
  }
  bool begun = false;
  for (const StepState& step : state.steps) {
    if (is_under(step.path, options_.until)) {
      begun = true;
      if (!is_over(state, step)) {
        return false;
      }
    }
  }
  return begun;
}

Task<void> Asking::before_attempt(std::string path, Kind kind, CancelPtr cancel) {
  if (is_ending(path)) {
    co_return;
  }
  if (is_past_until(path)) {
    until_reached_ = true;  // what runs beside it may end; on_idle() stops the session then
    Latch never(parts_.loop);
    co_await never.wait(cancel);
  }
  const bool asks_itself = kind == Kind::gate || kind == Kind::ask || kind == Kind::manual;
  if (!confirm_ || asks_itself || !confirmed_.insert(path).second) {
    co_return;
  }
  const Busy busy(*this);
  co_await parts_.journal.durable();
  while (floor_taken_) {
    co_await floor_free_.wait(cancel);
  }
  try {
    co_await confirm(path, kind, cancel);
  } catch (const Cancelled&) {
    if (cancel->requested()) {
      throw;  // else somebody ended the step by hand
    }
  }
}

Task<void> Asking::confirm(std::string path, Kind kind, CancelPtr cancel) {
  for (;;) {
    if (!confirm_) {
      co_return;  // "all" was said at another step meanwhile
    }
    const Floor floor(*this, path, cancel);
    Prompt shown = attempt_prompt(path, kind, parts_.journal.state().find_step(path));
    const std::optional<std::string> key = co_await prompt(std::move(shown), floor.node());
    if (key == "y") {
      co_return;
    }
    if (key == "a") {
      confirm_ = false;
      co_return;
    }
    if (key == "s") {
      Instruction said = instruction(Instruction::Kind::skip, path);
      said.reason = "skipped at the terminal (--step)";
      if (try_take(said)) {
        co_return;
      }
      continue;
    }
    stop({.phase = RunPhase::interrupted, .exit = 130, .error = std::nullopt},
         StopLevel::interrupt);
    throw Cancelled(CancelReason::stop);
  }
}

Task<std::optional<Json>> Asking::ask_result(std::string path, CancelPtr cancel) {
  for (;;) {
    Prompt shown = result_prompt(path);
    const std::optional<std::string> text = co_await prompt(std::move(shown), cancel);
    if (!text) {
      co_return std::nullopt;
    }
    Json result = text->empty() ? Json() : Json::parse(*text, nullptr, false);
    if (!result.is_discarded()) {
      co_return result;
    }
    shown_.notice("that is not JSON; a text is written \"in quotes\"");
  }
}

Task<Asking::Decision> Asking::decide_unknown(Error unknown) {
  const StepState* step = parts_.journal.state().find_step(unknown.path);
  if (!shown_.can_ask() || step == nullptr || parts_.session.stopping()) {
    co_return Decision::none;
  }
  co_await parts_.journal.durable();
  const Floor floor(*this, unknown.path, parts_.session.root().cancel);
  const CancelPtr node = floor.node();
  try {
    for (;;) {
      Prompt shown = unknown_prompt(*step, parts_.journal.state(), unknown.message);
      const std::optional<std::string> key = co_await prompt(std::move(shown), node);
      if (key == "r") {
        co_return Decision::rerun;
      }
      if (key != "d" && key != "f") {
        co_return Decision::none;
      }
      Instruction said = instruction(
          key == "d" ? Instruction::Kind::mark_done : Instruction::Kind::mark_failed, unknown.path);
      said.reason = "decided at the terminal: " + unknown.message;
      if (key == "d") {
        std::optional<Json> result = co_await ask_result(unknown.path, node);
        if (!result) {
          continue;
        }
        said.result = std::move(*result);
      }
      if (try_take(said)) {
        co_return Decision::settled;
      }
    }
  } catch (const Cancelled&) {
    if (parts_.session.stopping()) {
      co_return Decision::none;
    }
  }
  co_return Decision::settled;  // somebody decided elsewhere
}

}  // namespace runbook
