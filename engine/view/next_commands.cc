#include "engine/view/next_commands.h"

#include <fmt/format.h>

#include "engine/base/error.h"
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

std::vector<std::string> commands_for_unknown(const RunState& state, std::string_view run) {
  std::vector<std::string> commands;
  for (const StepState& step : state.steps) {
    if (step.state != State::unknown) {
      continue;
    }
    const std::string path = shell_word(step.path);
    commands.push_back(fmt::format("runbook show {} {}", run, path));
    commands.push_back(fmt::format("runbook mark {} {} done --reason '...'", run, path));
    commands.push_back(fmt::format("runbook mark {} {} failed --reason '...'", run, path));
    commands.push_back(fmt::format("runbook resume {} --rerun {}", run, path));
  }
  if (commands.empty()) {
    commands.push_back(fmt::format("runbook resume {}", run));
  }
  return commands;
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

std::vector<std::string> next_commands(const RunState& state, std::string_view run,
                                       RunPhase phase) {
  if (state.finished || phase == RunPhase::running) {
    return {};
  }
  if (phase == RunPhase::unknown) {
    return commands_for_unknown(state, run);
  }
  std::vector<std::string> commands = {fmt::format("runbook resume {}", run)};
  if (text_of(state.error, "code") == code_text(Code::service_gone)) {
    commands.front() += " --rerun " + shell_word(text_of(state.error, "path"));
  }
  if (phase == RunPhase::failed) {
    if (const StepState* step = failed_step(state)) {
      const std::string path = shell_word(step->path);
      commands.push_back(fmt::format("runbook logs {} {}", run, path));
      commands.push_back(fmt::format("runbook show {} {}", run, path));
      commands.push_back(fmt::format("runbook mark {} {} done --reason '...'", run, path));
    }
  }
  if (text_of(state.error, "code") == code_text(Code::step_renamed)) {
    commands.push_back(fmt::format("runbook resume {} --accept-new", run));
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
