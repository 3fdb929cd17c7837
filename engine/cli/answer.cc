// runbook answer RUN STEP field=value …: the fields of an ask or manual step. On a terminal, those
// that are still needed are asked for one by one; all of them, if none was given.

#include <fmt/format.h>

#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/cli/hidden_line.h"
#include "engine/cli/steering_command.h"
#include "engine/cli/terminal.h"
#include "engine/journal/journal.h"
#include "engine/recipe/typed_answer.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

/// "@FILE" stands for what is in the file, "@@text" for "@text".
std::string value_typed(const std::string& text) {
  if (!text.starts_with('@')) {
    return text;
  }
  if (text.starts_with("@@")) {
    return text.substr(1);
  }
  std::string content = read_file(text.substr(1));
  content.erase(content.find_last_not_of("\r\n") + 1);
  return content;
}

Json answers_typed(const Arguments& arguments) {
  Json answers = Json::object();
  for (const std::string& argument : arguments.all("field")) {
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos || equals == 0) {
      // Not quoted: it may be a secret that was typed without its name.
      throw Error(Code::usage, "answer: a field is given as field=value");
    }
    answers[argument.substr(0, equals)] = value_typed(argument.substr(equals + 1));
  }
  return answers;
}

bool is_needed(const Parameter& field) {
  return field.required && field.fallback.is_null();
}

/// Asks until the text fits; nullopt leaves the field out (it has a default, or need not be given).
std::optional<std::string> ask_field(Context& context, const Parameter& field,
                                     const std::string& root) {
  const std::string label = plain_text(field_label(field)) + ": ";
  for (;;) {
    const std::optional<std::string> text = field.type == ParameterType::secret
                                                ? ask_hidden_line(context, label)
                                                : ask_line(context, label);
    if (!text) {
      throw Error(Code::answer_invalid, fmt::format("{} was not answered", field.name));
    }
    if (text->empty() && !is_needed(field)) {
      return std::nullopt;
    }
    const std::string problem = answer_problem(field, *text, root);
    if (problem.empty()) {
      return text;
    }
    context.err.write(fmt::format("{} {}\n", field.name, problem));
  }
}

/// What cannot be answered any more is refused as it would be without a terminal.
void ask_for_missing(Context& context, const RunState& state, const std::string& step,
                     Json& answers) {
  const auto found = state.questions.find(step);
  if (found == state.questions.end() || !found->second.is_open(context.clock.now())) {
    return;
  }
  const bool all = answers.empty();
  std::string text = plain_text(found->second.asked.text);
  for (const Parameter& field : question_fields(found->second)) {
    if (answers.contains(field.name) || !(all || is_needed(field))) {
      continue;
    }
    if (!text.empty()) {
      context.err.write(std::exchange(text, {}) + "\n");
    }
    if (!field.help.empty()) {
      context.err.write(plain_text(field.help) + "\n");
    }
    if (std::optional<std::string> typed = ask_field(context, field, state.created.root)) {
      answers[field.name] = std::move(*typed);
    }
  }
}

int answer(Context& context) {
  Json answers = answers_typed(context.arguments);
  SteeringCommand command = begin_steering(context, Instruction::Kind::answer);
  if (can_ask(context.arguments)) {
    ask_for_missing(context, read_run_state(*command.store, command.row.id),
                    command.instruction.step, answers);
  }
  command.instruction.answers = std::move(answers);
  give_instruction(context, command);
  return 0;
}

}  // namespace

Command answer_command() {
  using enum CommandParameter::Count;
  return {"Everyday",
          "answer",
          "give the values that an ask or manual step wants",
          {kRunParameter,
           kStepParameter,
           {"field", "", "field=value, or field=@FILE (default: asked for one by one)", many},
           kCommentParameter,
           {"--no-input", "", "never ask: fail and say which fields are missing", optional},
           kStateParameter},
          answer};
}

}  // namespace runbook
