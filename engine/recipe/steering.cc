// From an instruction to events. What is refused here is refused the same whether a driver or a
// command asks.

#include "engine/recipe/steering.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/command_text.h"
#include "engine/base/path.h"
#include "engine/base/shown_text.h"
#include "engine/journal/next_action.h"
#include "engine/recipe/typed_answer.h"
#include "engine/recipe/typed_secrets.h"

namespace runbook {
namespace {

class Steering {
 public:
  Steering(const RunState& state, const Instruction& instruction, Timestamp now, bool driven,
           SecretVault& vault)
      : state_(state), said_(instruction), now_(now), driven_(driven), vault_(vault) {}

  Steered run() {
    recognise_secrets(vault_, state_, {said_.reason, said_.answers, said_.result});
    if (state_.finished) {
      throw Error(Code::run_finished,
                  fmt::format("run {} has ended: {}", said_.run, phase_name(state_.phase)));
    }
    switch (said_.kind) {
      case Instruction::Kind::approve:
      case Instruction::Kind::deny:
      case Instruction::Kind::answer:
        answer();
        break;
      case Instruction::Kind::mark_done:
      case Instruction::Kind::mark_failed:
        mark();
        break;
      case Instruction::Kind::skip:
        skip();
        break;
      case Instruction::Kind::cancel:
        cancel();
        break;
    }
    return std::move(steered_);
  }

 private:
  // --- questions -------------------------------------------------------------------------------

  void answer() {
    const Question& question = open_question();
    check_actor(said_.step, question);
    event::AnswerRecorded recorded;
    recorded.actor = said_.actor;
    if (said_.kind == Instruction::Kind::answer) {
      const TypedAnswer typed =
          read_answer(question, said_.answers, said_.step, state_.created.root);
      keep(typed.secrets);
      recorded.answer = recordable_typed(vault_, typed.values);
    }
    recorded.comment = reason();
    recorded.verdict = verdict_of(said_.kind);
    steered_.sentence = fmt::format("{} {}.",
                                    said_.kind == Instruction::Kind::approve ? "Approved"
                                    : said_.kind == Instruction::Kind::deny  ? "Denied"
                                                                             : "Answered",
                                    said_.step);
    add(std::move(recorded));
  }

  static std::string verdict_of(Instruction::Kind kind) {
    return kind == Instruction::Kind::approve ? "approved"
           : kind == Instruction::Kind::deny  ? "denied"
                                              : "answered";
  }

  const Question& open_question() const {
    const StepState& step = known_step();
    const auto found = state_.questions.find(said_.step);
    if (found == state_.questions.end() ||
        (!found->second.answer && (step.marked || has_result(step.state)))) {
      throw Error(Code::nothing_asked, fmt::format("{} asks nothing: it is {}{}", said_.step,
                                                   state_name(step.state), other_questions()));
    }
    const Question& question = found->second;
    check_form(question);
    if (question.answer) {
      throw Error(Code::answered_already,
                  fmt::format("{} was {} by {} at {}", said_.step, question.answer->verdict,
                              question.answer->actor, format_timestamp(question.answered_time)),
                  question.answer->verdict == "denied"
                      ? fmt::format("runbook resume {} asks anew", said_.run)
                      : std::string());
    }
    if (!question.is_open(now_)) {
      throw Error(Code::gate_expired,
                  fmt::format("the question of {} expired at {}", said_.step,
                              format_timestamp(question.asked.expires)),
                  fmt::format("runbook resume {} asks anew", said_.run));
    }
    return question;
  }

  std::string other_questions() const {
    std::vector<std::string_view> open;
    for (const auto& [step, question] : state_.questions) {
      if (question.is_open(now_) && step != said_.step) {
        open.push_back(step);
      }
    }
    return open.empty() ? "" : fmt::format("; asked are {}", fmt::join(open, ", "));
  }

  /// A deny ends any question; the rest fits what was asked for.
  void check_form(const Question& question) const {
    const bool has_fields = !question.asked.fields.is_null();
    if (said_.kind == Instruction::Kind::approve && has_fields) {
      std::vector<std::string> words = {said_.run, said_.step};
      for (const Parameter& field : question_fields(question)) {
        words.push_back(field.name + "=...");
      }
      throw Error(Code::nothing_asked, fmt::format("{} asks for values, not for a yes", said_.step),
                  command_text("answer", words));
    }
    if (said_.kind == Instruction::Kind::answer && !has_fields) {
      throw Error(Code::nothing_asked, fmt::format("{} asks for a yes or a no", said_.step),
                  fmt::format("{}, or {}", command_text("approve", {said_.run, said_.step}),
                              command_text("deny", {said_.run, said_.step})));
    }
  }

  void check_actor(std::string_view path, const Question& question) const {
    const std::vector<std::string>& by = question.asked.by;
    const std::string user = said_.actor.substr(0, said_.actor.rfind('@'));
    const auto is_meant = [&](const std::string& name) {
      return name.starts_with('@')
                 ? std::ranges::find(said_.groups, name.substr(1)) != said_.groups.end()
                 : name == user;
    };
    if (!by.empty() && std::ranges::none_of(by, is_meant)) {
      throw Error(Code::may_not_answer, fmt::format("{} is for {}, and {} is none of them", path,
                                                    fmt::join(by, ", "), user));
    }
  }

  // --- ends by hand ----------------------------------------------------------------------------

  void mark() {
    const StepState& step = known_step();
    refuse_stranger();
    refuse_acting(step);
    const bool done = said_.kind == Instruction::Kind::mark_done;
    const Json value = result();
    const Error failure(Code::step_marked_failed, reason());
    event::StepMarked marked;
    marked.state = done ? State::ok : State::failed;
    marked.value = RawJson::of(done ? value : failure.to_json());
    marked.reason = reason();
    marked.actor = said_.actor;
    add(std::move(marked));
    steered_.sentence = fmt::format("Marked {} {}.", said_.step, done ? "done" : "failed");
    settle_calls("mark", done ? Json() : failure.to_json());
  }

  void skip() {
    const StepState* step = state_.find_step(said_.step);
    if (step == nullptr) {
      check_new_name();
    } else {
      refuse_stranger();
      refuse_acting(*step);
    }
    const Json value = result();
    add(event::StepSkipped{.reason = reason(), .actor = said_.actor, .value = RawJson::of(value)});
    steered_.sentence = "Skipped " + said_.step;
    std::string near;
    if (step == nullptr) {
      steered_.sentence += ", which has not begun: the run knows no step of this name so far";
      near = near_step(state_, said_.step);
    }
    steered_.sentence += near.empty() ? "." : near;
    settle_calls("skip", Error(Code::step_marked_failed, reason()).to_json());
  }

  /// Who may not answer a question may not end it in another way either, nor what is around it
  /// before it was passed.
  void refuse_stranger() const {
    for (const auto& [path, question] : state_.questions) {
      if (path == said_.step || (is_under(path, said_.step) && !is_passed(path, question))) {
        check_actor(path, question);
      }
    }
  }

  /// Whether somebody whom it is for has let the run go on.
  bool is_passed(std::string_view path, const Question& question) const {
    if (question.answer) {
      return question.answer->verdict != "denied";
    }
    const StepState* step = state_.find_step(path);
    return step != nullptr &&
           (step->state == State::skipped || (step->state == State::ok && step->marked));
  }

  const Question* recorded_question() const {
    const auto found = state_.questions.find(said_.step);
    return found == state_.questions.end() ? nullptr : &found->second;
  }

  /// --result as it is recorded; where it stands for an answer, what is secret in one is kept.
  Json result() {
    if (const Question* question = recorded_question()) {
      keep(secrets_of_result(*question, said_.result, said_.step));
    }
    return recordable_typed(vault_, said_.result);
  }

  void check_new_name() const {
    for (const std::string_view segment : path_segments(said_.step)) {
      name_segment(segment);
    }
    name_segment(last_segment(said_.step));  // "a/" has an empty one at its end
    refuse_prefix();
  }

  /// What is no step and has steps in it that began is a group, an each or a parallel.
  void refuse_prefix() const {
    bool has_steps = false;
    std::vector<std::string> open;  // without a result
    for (const StepState& step : state_.steps) {
      if (step.attempts == 0 || !is_under(step.path, said_.step)) {
        continue;
      }
      has_steps = true;
      if (!has_result(step.state) && !is_in_step(step)) {
        open.push_back(step.path);
      }
    }
    if (!has_steps) {
      return;
    }
    if (open.empty()) {
      throw Error(
          Code::step_not_found,
          fmt::format("{} is no step: it has steps in it, all of which have a result", said_.step));
    }
    throw Error(Code::step_not_found,
                fmt::format("{} is no step: it has steps in it, and without a result are {}",
                            said_.step, fmt::join(open, ", ")),
                command_text("skip", {said_.run, open.front()}, "--reason '...'"));
  }

  /// Whether it lies in a step that lies in the prefix.
  bool is_in_step(const StepState& step) const {
    std::string_view above = parent_path(step.path);
    while (above.size() > said_.step.size() && state_.find_step(above) == nullptr) {
      above = parent_path(above);
    }
    return above.size() > said_.step.size();
  }

  void refuse_acting(const StepState& step) const {
    const bool examined = std::ranges::any_of(state_.calls_of(step), [](const CallState* call) {
      return call->end == CallState::End::open;
    });
    if (driven_ && (examined || (step.state == State::running && !only_waits(step.kind)))) {
      throw Error(Code::step_acting,
                  fmt::format("{} is acting right now ({} since {})", step.path,
                              state_name(step.state), format_timestamp(step.started_time)));
    }
  }

  /// A call whose intent names a resource stays open: only its primitive can tell what became of it
  /// (design §3.2).
  void settle_calls(std::string_view how, const Json& failure) {
    for (const CallState* call : state_.open_calls_of(said_.step)) {
      if (!call->resource.empty()) {
        steered_.sentence +=
            fmt::format("\nStill open: {} uses up {}; the next session settles it.",
                        call->primitive, call->resource);
        continue;
      }
      event::CallEnded ended;
      ended.call = call->begun;
      ended.settled = how;
      if (failure.is_null()) {
        ended.result = RawJson::of(nullptr);
      } else {
        ended.error = failure;
      }
      add(std::move(ended));
    }
  }

  // --- the run ---------------------------------------------------------------------------------

  void cancel() {
    if (state_.cancel) {
      steered_.sentence =
          fmt::format("Run {} is cancelled already, by {}.", said_.run, state_.cancel->actor);
      return;
    }
    Event event;
    event.payload = event::CancelRequested{.reason = reason(), .actor = said_.actor};
    steered_.events.push_back(std::move(event));
    steered_.sentence = fmt::format(
        "Cancelling run {}: nothing but its finally steps runs from now on.", said_.run);
  }

  // --- shared ----------------------------------------------------------------------------------

  /// As it is recorded. REQUIRES: what is secret in an answer beside it is kept.
  std::string reason() const { return vault_.conceal(said_.reason); }

  void keep(const std::vector<SecretPart>& secrets) {
    for (const auto& [name, value] : secrets) {
      vault_.add(name, value);
      steered_.secrets[name] = value;
    }
  }

  const StepState& known_step() const {
    const StepState* step = state_.find_step(said_.step);
    if (step == nullptr) {
      refuse_step(state_, said_.step);
    }
    return *step;
  }

  void add(Payload payload) {
    const StepState* step = state_.find_step(said_.step);
    Event event;
    event.step = said_.step;
    event.attempt = step == nullptr ? 0 : step->attempts;
    event.payload = std::move(payload);
    steered_.events.push_back(std::move(event));
  }

  const RunState& state_;
  const Instruction& said_;
  const Timestamp now_;
  const bool driven_;
  SecretVault& vault_;
  Steered steered_;
};

}  // namespace

Steered steer(const RunState& state, const Instruction& instruction, Timestamp now, bool driven,
              SecretVault& vault) {
  return Steering(state, instruction, now, driven, vault).run();
}

}  // namespace runbook
