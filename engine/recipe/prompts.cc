#include "engine/recipe/prompts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/command_text.h"
#include "engine/base/duration.h"
#include "engine/base/shown_text.h"
#include "engine/recipe/typed_answer.h"

namespace runbook {
namespace {

std::string expiry(const Question& question, Timestamp now) {
  return question.asked.expires == 0
             ? std::string()
             : fmt::format(
                   "; expires in {}",
                   format_duration(std::chrono::milliseconds(question.asked.expires - now)));
}

void add_text(std::vector<std::string>& lines, const std::string& text) {
  const std::string plain = plain_text(text);
  for (std::size_t begin = 0; begin < plain.size();) {
    const std::size_t end = std::min(plain.find('\n', begin), plain.size());
    lines.push_back("  " + plain.substr(begin, end - begin));
    begin = end + 1;
  }
}

/// Who is waited for, the text, and what is shown.
std::vector<std::string> described(const StepState& step, const Question& question, Timestamp now) {
  std::vector<std::string> lines = {
      fmt::format("{} waits for {}{}", step.path, step.waiting_for, expiry(question, now))};
  add_text(lines, question.asked.text);
  const Json& shown = question.asked.shown;
  if (shown.is_object() && !shown.empty()) {
    for (const auto& [name, value] : shown.items()) {
      lines.push_back(fmt::format("  {}: {}", name, one_line(value_text(value))));
    }
  } else if (!shown.is_null()) {
    lines.push_back("  " + one_line(value_text(shown)));
  }
  return lines;
}

bool has_open_resource(const RunState& state, const std::string& step) {
  for (const CallState* call : state.open_calls_of(step)) {
    if (!call->resource.empty()) {
      return true;
    }
  }
  return false;
}

/// "--approve STEP" or "--answer STEP.field=value", once for each field.
std::string flags_for(const std::string& step, const Question& question) {
  std::string flags;
  for (const Parameter& field : question_fields(question)) {
    flags += fmt::format("{}--answer {}", flags.empty() ? "" : " ",
                         shell_word(fmt::format("{}.{}=VALUE", step, field.name)));
  }
  return question.asked.fields.is_null() ? "--approve " + shell_word(step) : flags;
}

std::string command_for(const std::string& run, const std::string& step, const Question& question) {
  if (question.asked.fields.is_null()) {
    return command_text("approve", {run, step});
  }
  std::vector<std::string> words = {run, step};
  for (const Parameter& field : question_fields(question)) {
    words.push_back(field.name + "=VALUE");
  }
  return command_text("answer", words);
}

}  // namespace

Prompt verdict_prompt(const StepState& step, const Question& question, Timestamp now) {
  Prompt prompt;
  prompt.step = step.path;
  prompt.lines = described(step, question, now);
  const bool manual = step.kind == Kind::manual;
  prompt.choices = {
      {'a', manual ? "[a] it is done" : "[a]pprove", "the run goes on"},
      {'d', manual ? "[d] it cannot be done" : "[d]eny", "the step fails; a resume asks again"},
      {'x', "[x] leave", "the question stays open, also for others"}};
  return prompt;
}

Prompt field_prompt(const StepState& step, const Question& question, const Parameter& field,
                    bool first, Timestamp now) {
  Prompt prompt;
  prompt.step = step.path;
  if (first) {
    prompt.lines = described(step, question, now);
  }
  if (!field.help.empty()) {
    prompt.lines.push_back("  " + field.help);
  }
  prompt.label = field_label(field);
  prompt.secret = field.type == ParameterType::secret;
  return prompt;
}

Prompt comment_prompt(const std::string& step) {
  Prompt prompt;
  prompt.step = step;
  prompt.label = "why (may be empty)";
  return prompt;
}

Prompt attempt_prompt(const std::string& step, Kind kind, const StepState* before) {
  Prompt prompt;
  prompt.step = step;
  std::string history;
  if (before != nullptr && before->attempts > 0) {
    history = fmt::format("; attempt {}, the last one: {}", before->attempts + 1,
                          state_name(before->state));
  }
  prompt.lines = {fmt::format("next: {} ({}{})", step, kind_name(kind), history)};
  prompt.choices = {{'y', "[y]es", "run it"},
                    {'s', "[s]kip", "do not run it: its result is nil from now on"},
                    {'a', "[a]ll", "run it and all that follow, without asking again"},
                    {'q', "[q]uit", "stop here; the state is saved"}};
  return prompt;
}

Prompt unknown_prompt(const StepState& step, const RunState& state, const std::string& evidence) {
  Prompt prompt;
  prompt.step = step.path;
  prompt.lines = {fmt::format("{} is unknown: nobody can tell whether it happened", step.path)};
  for (const CallState* call : state.open_calls_of(step.path)) {
    prompt.lines.push_back(
        fmt::format("  intended  {} {}", call->primitive, one_line(value_text(call->arguments))));
    prompt.lines.push_back(fmt::format("  begun     {}, attempt {}",
                                       format_timestamp(call->begun_time), call->attempt));
  }
  prompt.lines.push_back("  evidence  " + one_line(evidence, 2000));
  const std::string settled =
      has_open_resource(state, step.path) ? "; its primitive settles what is still open first" : "";
  prompt.choices = {{'r', "[r]un again", "if it did happen, it happens a second time" + settled},
                    {'d', "[d]one", "it happened: you give the result, and the run goes on"},
                    {'f', "[f]ailed", "it did not happen, and the step has failed"},
                    {'x', "[x] leave", "decide later: runbook mark, or runbook resume --rerun"}};
  return prompt;
}

Prompt result_prompt(const std::string& step) {
  Prompt prompt;
  prompt.step = step;
  prompt.label = "its result as JSON (empty: nil)";
  return prompt;
}

Error input_needed(const RunState& state, const std::string& run, Timestamp now) {
  std::string message;
  std::string flags;
  std::string hint;
  Json open = Json::array();
  for (const StepState& step : state.steps) {
    const auto found = state.questions.find(step.path);
    if (step.state != State::waiting || found == state.questions.end() ||
        !found->second.is_open(now)) {
      continue;
    }
    message +=
        fmt::format("{}{} waits for {}", message.empty() ? "" : "; ", step.path, step.waiting_for);
    flags += " " + flags_for(step.path, found->second);
    hint += command_for(run, step.path, found->second) + ", then ";
    open.push_back({{"step", step.path},
                    {"kind", kind_name(step.kind)},
                    {"flags", flags_for(step.path, found->second)}});
  }
  Error error(
      Code::input_needed, message,
      fmt::format("{0}runbook resume {1}; or at once: runbook resume {1}{2}", hint, run, flags),
      Json{{"questions", open}});
  error.path = open.empty() ? std::string() : open.front()["step"].get<std::string>();
  return error.with_effect(EffectDone::none);
}

}  // namespace runbook
