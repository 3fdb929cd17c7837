// Gates, asks and manual steps at the terminal.

#include <utility>

#include "engine/recipe/asking.h"
#include "engine/recipe/typed_answer.h"

namespace runbook {

Asking::Floor::Floor(Asking& asking, const std::string& step, const CancelPtr& cancel)
    : asking_(asking), node_(cancel->child()), position_(asking.asked_.emplace(step, node_)) {
  asking_.floor_taken_ = true;
  asking_.floor_free_.close();
}

Asking::Floor::~Floor() {
  asking_.asked_.erase(position_);
  asking_.floor_taken_ = false;
  asking_.floor_free_.open();
}

Task<std::optional<std::string>> Asking::prompt(Prompt prompt, CancelPtr cancel) {
  std::optional<std::string> answer = co_await shown_.ask(parts_.loop, std::move(prompt), cancel);
  if (cancel->requested()) {
    throw Cancelled(cancel->reason());  // answered elsewhere
  }
  co_return answer;
}

Task<void> Asking::ask(const std::string& step, CancelPtr cancel) {
  const std::string path = step;
  const Busy busy(*this);
  const Question& question = parts_.journal.state().questions.find(path)->second;
  if (answered_by_flags(path, question) || !shown_.can_ask()) {
    co_return;
  }
  co_await parts_.journal.durable();  // what is shown is durable first
  while (floor_taken_) {
    co_await floor_free_.wait(cancel);
  }
  const Floor floor(*this, path, cancel);
  if (parts_.journal.state().questions.find(path)->second.asked.fields.is_null()) {
    co_await ask_verdict(path, floor.node());
  } else {
    Json given = answers_by_flags(path);
    co_await ask_fields(path, std::move(given), floor.node());
  }
}

Task<void> Asking::ask_verdict(std::string path, CancelPtr cancel) {
  const RunState& state = parts_.journal.state();
  Prompt shown = verdict_prompt(*state.find_step(path), state.questions.find(path)->second,
                                parts_.loop.clock().now());
  const std::optional<std::string> key = co_await prompt(std::move(shown), cancel);
  if (key != "a" && key != "d") {
    co_return;  // left open
  }
  Instruction said = instruction(Instruction::Kind::approve, path);
  if (key == "d") {
    said.kind = Instruction::Kind::deny;
    Prompt why = comment_prompt(path);
    const std::optional<std::string> comment = co_await prompt(std::move(why), cancel);
    said.reason = comment.value_or("");
  }
  try_take(said);
}

/// The text, empty where the default is taken; nothing if the question is left open.
Task<std::optional<std::string>> Asking::ask_field(std::string path, Parameter field, bool first,
                                                   CancelPtr cancel) {
  const RunState& state = parts_.journal.state();
  const bool may_be_empty = !field.required || !field.fallback.is_null();
  for (;;) {
    Prompt shown = field_prompt(*state.find_step(path), state.questions.find(path)->second, field,
                                first, parts_.loop.clock().now());
    first = false;
    std::optional<std::string> text = co_await prompt(std::move(shown), cancel);
    if (!text || (text->empty() && may_be_empty)) {
      co_return text;
    }
    const std::string problem =
        text->empty() ? "is needed" : answer_problem(field, *text, state.created.root);
    if (problem.empty()) {
      co_return text;
    }
    shown_.notice(field.name + " " + problem);
  }
}

Task<void> Asking::ask_fields(std::string path, Json answers, CancelPtr cancel) {
  Instruction said = instruction(Instruction::Kind::answer, path);
  said.answers = answers.is_null() ? Json::object() : std::move(answers);
  const std::vector<Parameter> fields =
      question_fields(parts_.journal.state().questions.find(path)->second);
  bool first = true;
  for (const Parameter& field : fields) {
    if (said.answers.contains(field.name)) {
      continue;
    }
    std::optional<std::string> text = co_await ask_field(path, field, first, cancel);
    first = false;
    if (!text) {
      co_return;
    }
    if (!text->empty()) {
      said.answers[field.name] = std::move(*text);
    }
  }
  try_take(said);
}

}  // namespace runbook
