// The hooks, what flags answer, and the end of a session that only people could go on with. Its
// questions at the terminal are in asking_questions.cc, what it asks about steps in
// asking_steps.cc.

#include "engine/recipe/asking.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/identity.h"
#include "engine/base/path.h"
#include "engine/journal/next_action.h"
#include "engine/recipe/typed_answer.h"

namespace runbook {
namespace {

/// A step may have failed beside the question (with keep_going), or be the one of --until: its exit
/// code outranks theirs. Null if none has.
const StepState* find_failure(const RunState& state) {
  const auto failed = std::ranges::find_if(state.steps, [&state](const StepState& step) {
    return step.state == State::failed && !step.handled && !step.marked &&
           step.session == state.sessions;
  });
  return failed == state.steps.end() ? nullptr : &*failed;
}

}  // namespace

Asking::Asking(EngineParts& parts, Shown& shown, const RunOptions& options)
    : parts_(parts),
      shown_(shown),
      options_(options),
      floor_free_(parts.loop),
      confirm_(options.confirm_steps) {
  parts.session.ask = [this](const std::string& path, CancelPtr cancel) {
    return ask(path, std::move(cancel));
  };
  if (options.confirm_steps || !options.until.empty()) {
    parts.session.before_attempt = [this](const std::string& path, Kind kind, CancelPtr cancel) {
      return before_attempt(path, kind, std::move(cancel));
    };
  }
}

// --- what is answered ---------------------------------------------------------------------------

std::string Asking::take(const Instruction& said) {
  Steered steered =
      steer(parts_.journal.state(), said, parts_.loop.clock().now(), driven_, parts_.vault);
  for (const auto& [name, value] : steered.secrets) {
    parts_.adapter.keep_secret(name, value);
  }
  for (Event& event : steered.events) {
    parts_.journal.append(std::move(event.payload), std::move(event.step), event.attempt);
  }
  const auto [begin, end] = asked_.equal_range(said.step);
  std::for_each(begin, end, [](const auto& asked) { asked.second->request(CancelReason::stop); });
  parts_.session.steered(said.step);
  return std::move(steered.sentence);
}

/// At the terminal: what is wrong with it is told, and may be tried again.
bool Asking::try_take(const Instruction& said) {
  try {
    take(said);
    return true;
  } catch (const Error& error) {
    shown_.notice(error.message);
    return false;
  }
}

Instruction Asking::instruction(Instruction::Kind kind, const std::string& path) const {
  Instruction said;
  said.kind = kind;
  said.run = parts_.run_id;
  said.step = path;
  said.actor = actor_name();
  said.groups = group_names();
  return said;
}

// --- flags that answer --------------------------------------------------------------------------

/// The typed texts of --answer STEP.field=value for this step. A step's name may hold dots and
/// equals signs, a field's neither.
Json Asking::answers_by_flags(const std::string& path) {
  Json answers;
  for (const std::string& flag : options_.answers) {
    const std::size_t equals = flag.find('=', path.size());
    if (!flag.starts_with(path + ".") || equals == std::string::npos) {
      continue;
    }
    const std::string field = flag.substr(path.size() + 1, equals - path.size() - 1);
    if (field.find_first_of(". ") == std::string::npos) {
      answers[field] = flag.substr(equals + 1);
    }
  }
  return answers;
}

bool Asking::answered_by_flags(const std::string& path, const Question& question) {
  Instruction said = instruction(Instruction::Kind::approve, path);
  if (question.asked.fields.is_null()) {
    if (std::ranges::find(options_.approve, path) == options_.approve.end()) {
      return false;
    }
  } else {
    said.kind = Instruction::Kind::answer;
    said.answers = answers_by_flags(path);
    const std::vector<Parameter> fields = question_fields(question);
    const bool complete = std::ranges::all_of(fields, [&](const Parameter& field) {
      return said.answers.contains(field.name) || !field.required || !field.fallback.is_null();
    });
    if (said.answers.is_null() || (!complete && shown_.can_ask())) {
      return false;
    }
  }
  try {
    take(said);
  } catch (const Error& error) {  // a flag is wrong: no error of the recipe
    throw SessionStop(RunPhase::waiting, error);
  }
  return true;
}

void Asking::report_unused_flags() {
  const auto& questions = parts_.journal.state().questions;
  for (const std::string& step : options_.approve) {
    if (!questions.contains(step)) {
      shown_.notice(fmt::format("--approve {}: nothing of this name was asked", step));
    }
  }
  for (const std::string& flag : options_.answers) {
    const auto is_meant = [&](const auto& question) {
      return flag.starts_with(question.first + ".");
    };
    if (std::ranges::none_of(questions, is_meant)) {
      shown_.notice(fmt::format("--answer {}: nothing of this name was asked",
                                flag.substr(0, flag.find('='))));
    }
  }
}

std::optional<Error> Asking::missed_until() const {
  const RunState& state = parts_.journal.state();
  const auto is_reached = [this](const StepState& step) {
    return is_under(step.path, options_.until) && step.state != State::pending;
  };
  if (options_.until.empty() || std::ranges::any_of(state.steps, is_reached)) {
    return std::nullopt;
  }
  return Error(Code::step_not_found,
               fmt::format("--until {}: the run has no such step, and went on to its end{}",
                           options_.until, near_step(state, options_.until)));
}

// --- the end ------------------------------------------------------------------------------------

void Asking::stop(SessionEnding ending, StopLevel level) {
  ending_ = std::move(ending);
  parts_.session.root().cancel->request(CancelReason::stop, level);
}

void Asking::on_idle() {
  if (busy_ > 0 || parts_.session.stopping() || !parts_.session.waits_for_people()) {
    return;
  }
  if (until_reached_) {
    shown_.notice(fmt::format("stopped after {}, as --until says", options_.until));
    SessionEnding ending{.phase = RunPhase::interrupted, .exit = 0, .error = std::nullopt};
    if (const StepState* failed = find_failure(parts_.journal.state())) {
      ending.error = Error::from_json(failed->value.parse());
      ending.error->path = failed->path;
      ending.exit = 1;
    }
    stop(std::move(ending), StopLevel::none);
    return;
  }
  Error error = input_needed(parts_.journal.state(), parts_.run_id, parts_.loop.clock().now());
  if (error.path.empty()) {
    return;  // it expires this very moment
  }
  error.message += shown_.can_ask() ? "" : ", and nobody can be asked";
  const int exit = find_failure(parts_.journal.state()) != nullptr ? 1 : code_info(error.code).exit;
  stop({.phase = RunPhase::waiting, .exit = exit, .error = error}, StopLevel::none);
}

}  // namespace runbook
