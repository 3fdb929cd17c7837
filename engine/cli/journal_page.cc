#include "engine/cli/journal_page.h"

#include <fmt/format.h>

#include "engine/base/duration.h"
#include "engine/recipe/typed_answer.h"
#include "engine/view/decision_cards.h"
#include "engine/view/next_commands.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

std::string pretty(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace);
}

void add_map(std::string& page, std::string_view title, const std::map<std::string, Json>& values) {
  Rows rows;
  for (const auto& [name, value] : values) {
    rows.emplace_back(name, one_line(value_text(value), 1000));
  }
  if (!rows.empty()) {
    page += fmt::format("\n{}\n{}", title, aligned(rows, "  "));
  }
}

std::string call_text(const CallState& call) {
  std::string_view end = "no end recorded";
  if (call.end != CallState::End::open) {
    end = call.end == CallState::End::ok ? "ok" : "failed";
  }
  std::string text = fmt::format("\nCall {}  attempt {}  {}{}\n", call.primitive, call.attempt, end,
                                 call.forgotten ? "  (forgotten)" : "");
  Rows rows = {{"begun", date_and_time(call.begun_time)},
               {"arguments", one_line(call.arguments.dump(), 4000)}};
  for (const Json& intent : call.intents) {
    rows.emplace_back("intent", one_line(intent.dump(), 4000));
  }
  if (!call.resource.empty()) {
    rows.emplace_back("resource", call.resource);
  }
  if (!call.result.empty()) {
    rows.emplace_back("result", one_line(call.result.text(), 4000));
  }
  if (!call.error.is_null()) {
    rows.emplace_back("error", one_line(call.error.dump(), 4000));
  }
  return text + aligned(rows, "  ");
}

std::string question_text(const Question& question) {
  const std::vector<std::string>& by = question.asked.by;
  Rows rows = {{"asked", date_and_time(question.opened_time)},
               {"of", by.empty() ? "anybody" : fmt::format("{}", fmt::join(by, ", "))}};
  if (question.asked.expires != 0) {
    rows.emplace_back("expires", date_and_time(question.asked.expires));
  }
  for (std::string& line : shown_lines(question.asked.shown, 4000)) {
    rows.emplace_back("shows", std::move(line));
  }
  if (!question.asked.digest.empty()) {
    rows.emplace_back("digest", question.asked.digest);
  }
  for (const Parameter& field : question_fields(question)) {
    rows.emplace_back("field", field_label(field));
  }
  if (question.answer) {
    rows.emplace_back(
        question.answer->verdict,
        fmt::format("{} by {}", date_and_time(question.answered_time), question.answer->actor));
    if (!question.answer->comment.empty()) {
      rows.emplace_back("comment", one_line(question.answer->comment, 1000));
    }
  }
  const std::string text = plain_text(question.asked.text);
  return fmt::format("\nQuestion\n{}{}{}", text, text.empty() ? "" : "\n", aligned(rows, "  "));
}

}  // namespace

std::string journal_page(const RunState& state, const RunRow& row, bool driven) {
  std::string page = fmt::format("{}  run {}  {}\n", state.created.name, row.id,
                                 phase_name(phase_now(state, driven)));
  page += aligned({{"recipe", state.created.recipe},
                   {"root", state.created.root},
                   {"created", fmt::format("{} by {}@{}", date_and_time(state.created_time),
                                           state.created.user, state.created.host)},
                   {"sessions", fmt::format("{}, the last with pid {} on {}", state.sessions,
                                            state.session.pid, state.session.host)},
                   {"journal", fmt::format("{} events", row.head)}},
                  "  ");
  if (state.created.parameters.is_object()) {
    add_map(page, "Parameters", state.created.parameters.get<std::map<std::string, Json>>());
  }
  add_map(page, "Targets", state.targets);
  add_map(page, "Outputs", state.outputs);
  add_map(page, "State written", state.state_puts);
  std::string lines;
  for (const event::AttachmentAdded& attachment : state.attachments) {
    lines += fmt::format("  {}  {} bytes  {}\n", attachment.name, attachment.size,
                         one_line(attachment.caption));
  }
  page += lines.empty() ? "" : "\nArtefacts\n" + lines;
  for (const std::string& note : state.notes) {
    page += "\nNote\n" + plain_text(note) + "\n";
  }
  lines.clear();
  for (const StepState& step : state.steps) {
    lines += fmt::format("  {:<11} {}\n", state_name(step_state_now(step, driven)), step.path);
  }
  return page + (lines.empty() ? "" : "\nSteps\n" + lines);
}

std::string journal_page(const RunState& state, const StepState& step, bool driven) {
  std::string page = fmt::format("{}  {}\n", step.path, state_name(step_state_now(step, driven)));
  Rows rows = {{"kind", std::string(kind_name(step.kind))},
               {"attempts", std::to_string(step.attempts)}};
  if (!step.site.empty()) {
    rows.emplace_back("recipe", step.site);
  }
  if (step.started_time != 0) {
    rows.emplace_back("started", date_and_time(step.started_time));
  }
  if (step.finished_time != 0) {
    rows.emplace_back("finished", fmt::format("{} after {}", date_and_time(step.finished_time),
                                              format_duration(std::chrono::milliseconds(
                                                  step.finished_time - step.started_time))));
  }
  if (!step.waiting_for.empty()) {
    rows.emplace_back("waiting", one_line(step.waiting_for));
  }
  if (step.handled) {
    rows.emplace_back("handled", "the recipe went on after this failure");
  }
  page += aligned(rows, "  ");
  if (const auto asked = state.questions.find(step.path); asked != state.questions.end()) {
    page += question_text(asked->second);
  }
  if (!step.value.empty()) {
    const bool done = has_result(step.state);
    page += fmt::format("\n{}\n{}\n", done ? "Result" : "Error", pretty(step.value.parse()));
  }
  for (const std::uint32_t index : step.calls) {
    page += call_text(state.calls[index]);
  }
  return page;
}

}  // namespace runbook
