#include "engine/view/next_commands.h"

#include <fmt/format.h>

#include "engine/base/command_text.h"
#include "engine/base/error.h"
#include "engine/journal/undo_order.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

std::string_view text_of(const Json& object, const char* key) {
  const auto field = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && field != object.end() && field->is_string()
             ? std::string_view(field->get_ref<const std::string&>())
             : std::string_view();
}

/// The step that the last session's error names, or the last one that failed and was not handled.
const StepState* failed_step(const RunState& state) {
  const StepState* named = state.find_step(text_of(state.error, "path"));
  if (named != nullptr) {
    return named;
  }
  for (auto step = state.steps.rbegin(); step != state.steps.rend(); ++step) {
    if (step->state == State::failed && !step->handled) {
      return &*step;
    }
  }
  return nullptr;
}

/// Too many to read is no help: the page of the run lists the others.
constexpr std::size_t kStepsNamed = 3;
constexpr std::string_view kReason = "--reason '...'";

std::vector<const StepState*> steps_in(const RunState& state, State wanted) {
  std::vector<const StepState*> steps;
  for (const StepState& step : state.steps) {
    if (step.state == wanted && steps.size() < kStepsNamed) {
      steps.push_back(&step);
    }
  }
  return steps;
}

std::vector<NextStep> steps_for_unknown(const RunState& state, const std::string& run) {
  std::vector<NextStep> steps;
  for (const StepState* step : steps_in(state, State::unknown)) {
    const std::string& path = step->path;
    steps.push_back({command_text("show", {run, path}), "all that is known about it"});
    steps.push_back({command_text("mark", {run, path, "done"}, kReason),
                     "it happened: a resume goes on behind it"});
    steps.push_back(
        {command_text("mark", {run, path, "failed"}, kReason), "it did not: the step has failed"});
    steps.push_back({command_text("resume", {run}, "--rerun " + shell_word(path)),
                     "does it again, whatever happened"});
  }
  if (steps.empty()) {
    steps.push_back({command_text("resume", {run}), "looks again"});
  }
  return steps;
}

std::string answer_command(const Question& question, const std::string& run,
                           const std::string& path) {
  std::vector<std::string> words = {run, path};
  for (const auto& field : question.asked.fields.items()) {
    words.push_back(field.key() + "=...");
  }
  return command_text("answer", words);
}

std::vector<NextStep> steps_for_waiting(const RunState& state, const std::string& run) {
  std::vector<NextStep> steps;
  for (const StepState* step : steps_in(state, State::waiting)) {
    const auto question = state.questions.find(step->path);
    if (question == state.questions.end() || question->second.answer) {
      continue;
    }
    if (question->second.asked.fields.is_object()) {
      steps.push_back({answer_command(question->second, run, step->path), "answers"});
    } else {
      steps.push_back({command_text("approve", {run, step->path}), "says yes"});
      steps.push_back({command_text("deny", {run, step->path}), "says no: the step fails"});
    }
  }
  steps.push_back({command_text("resume", {run}), "goes on, and asks again if it must"});
  return steps;
}

std::vector<NextStep> steps_for_failed(const StepState& step, const std::string& run) {
  return {{command_text("logs", {run, step.path}), "all that it printed"},
          {command_text("show", {run, step.path}), "its attempts, calls and error"},
          {command_text("mark", {run, step.path, "done"}, kReason), "it was done by hand"},
          {command_text("skip", {run, step.path}, kReason), "goes on without it"}};
}

/// The command that continues what the last session was for.
NextStep way_on(const RunState& state, const std::string& run, const StepState* failed) {
  const std::string at = failed == nullptr ? "" : " at " + failed->path;
  if (undo_has_begun(state) && !state.cancel) {
    return {command_text("undo", {run}), "goes on with the undo" + at};
  }
  return {command_text("resume", {run}),
          (state.cancel ? "goes on with the cancel" : "goes on") + at};
}

std::string busy_steps(const RunState& state, Timestamp now) {
  std::string text;
  int shown = 0;
  for (auto step = state.steps.rbegin(); step != state.steps.rend() && shown < 5; ++step) {
    if (step->state != State::running && step->state != State::waiting) {
      continue;
    }
    ++shown;
    text += fmt::format("{}{} since {}", text.empty() ? "" : "; ", step->path,
                        ago(step->started_time, now));
    if (!step->waiting_for.empty()) {
      text += ", waiting: " + one_line(step->waiting_for);
    }
  }
  return text.empty() ? "between two steps" : text;
}

std::string why_interrupted(const RunState& state) {
  if (state.session_open) {
    return fmt::format(
        "the process that drove it (pid {} on {}) is gone and recorded no end: it was killed, or "
        "the machine stopped",
        state.session.pid, state.session.host);
  }
  const std::string_view message = text_of(state.error, "message");
  return message.empty() ? fmt::format("it was stopped (exit {})", state.exit)
                         : one_line(message, 400);
}

std::string why_failed(const RunState& state) {
  const StepState* step = failed_step(state);
  const std::string_view code = text_of(state.error, "code");
  const std::string_view message = text_of(state.error, "message");
  return fmt::format("{}{}{}{}", step == nullptr ? "" : step->path + ": ", code,
                     code.empty() ? "" : " ", one_line(message, 400));
}

}  // namespace

RunPhase phase_now(const RunState& state, bool driven) {
  if (driven) {
    return RunPhase::running;
  }
  return state.session_open ? RunPhase::interrupted : state.phase;
}

State step_state_now(const StepState& step, bool driven) {
  return step.state == State::running && !driven ? State::interrupted : step.state;
}

std::vector<NextStep> next_steps(const RunState& state, const std::string& run, RunPhase phase) {
  if (state.finished || phase == RunPhase::running) {
    return {};
  }
  if (state.cancel) {
    return {{command_text("resume", {run}), "goes on ending it"}};
  }
  if (phase == RunPhase::unknown) {
    return steps_for_unknown(state, run);
  }
  if (phase == RunPhase::waiting) {
    return steps_for_waiting(state, run);
  }
  const StepState* failed = phase == RunPhase::failed ? failed_step(state) : nullptr;
  std::vector<NextStep> steps = {way_on(state, run, failed)};
  if (text_of(state.error, "code") == code_text(Code::service_gone)) {
    steps.front().command += " --rerun " + shell_word(text_of(state.error, "path"));
  }
  if (failed != nullptr) {
    const std::vector<NextStep> more = steps_for_failed(*failed, run);
    steps.insert(steps.end(), more.begin(), more.end());
  }
  if (text_of(state.error, "code") == code_text(Code::step_renamed)) {
    steps.push_back({command_text("resume", {run}, "--accept-new"), "it is another step"});
  }
  return steps;
}

std::vector<std::string> next_commands(const RunState& state, const std::string& run,
                                       RunPhase phase) {
  std::vector<std::string> commands;
  for (NextStep& step : next_steps(state, run, phase)) {
    commands.push_back(std::move(step.command));
  }
  return commands;
}

std::string why_not_moving(const RunState& state, RunPhase phase, int driver, Timestamp now) {
  switch (phase) {
    case RunPhase::running:
      return fmt::format("pid {} drives it: {}", driver, busy_steps(state, now));
    case RunPhase::interrupted:
      return why_interrupted(state);
    case RunPhase::waiting:
      return busy_steps(state, now);
    case RunPhase::failed:
    case RunPhase::unknown:
      return why_failed(state);
    case RunPhase::cancelled:
    case RunPhase::ok:
    case RunPhase::undone:
      return {};
  }
  return {};
}

}  // namespace runbook
