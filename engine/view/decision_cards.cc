#include "engine/view/decision_cards.h"

#include <fmt/format.h>

#include "engine/base/duration.h"
#include "engine/journal/open_call.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

constexpr std::size_t kLongestValue = 600;

const StepState* unknown_step(const RunState& state, const std::string& named) {
  if (const StepState* step = state.find_step(named)) {
    return step;
  }
  for (const StepState& step : state.steps) {
    if (step.state == State::unknown) {
      return &step;
    }
  }
  return nullptr;
}

void add_intent(Card& card, const CallState& call) {
  card.block("intended", fmt::format("{}, begun {} in attempt {}", call.primitive,
                                     date_and_time(call.begun_time), call.attempt));
  if (call.arguments.is_object()) {
    for (const auto& argument : call.arguments.items()) {
      card.block("", fmt::format("{} = {}", argument.key(),
                                 one_line(value_text(argument.value()), kLongestValue)));
    }
  }
  if (!call.intents.empty() && !call.intents.back().empty()) {
    const std::string text = intent_text(call);
    card.block("prepared",
               text.empty() ? one_line(value_text(call.intents.back()), kLongestValue) : text);
  }
  if (!call.resource.empty()) {
    card.exact("uses up", call.resource);
  }
}

std::string until(Timestamp expires, Timestamp now) {
  if (expires == 0) {
    return {};
  }
  return expires <= now ? fmt::format(", expired {}", ago(expires, now))
                        : fmt::format(", expires in {} ({})",
                                      format_duration(std::chrono::milliseconds(expires - now)),
                                      date_and_time(expires));
}

/// "one of eu, us", "list of address", "integer, at least 1", as the recipe declared it.
std::string field_type(const Json& declared) {
  if (declared.contains("values")) {
    std::string text;
    for (const Json& value : declared["values"]) {
      text += (text.empty() ? "one of " : ", ") + value_text(value);
    }
    return text;
  }
  std::string text = value_text(declared.value("type", Json("string")));
  if (declared.contains("of")) {
    const Json& of = declared["of"];
    text += " of " + (of.is_object() ? field_type(of) : value_text(of));
  }
  for (const auto& [limit, word] : {std::pair("min", "at least"), std::pair("max", "at most")}) {
    text +=
        declared.contains(limit) ? fmt::format(", {} {}", word, value_text(declared[limit])) : "";
  }
  return text;
}

void add_fields(Card& card, const Json& fields) {
  if (!fields.is_object()) {
    return;
  }
  std::string_view name = "answers";
  for (const auto& field : fields.items()) {
    const Json& declared = field.value();
    std::string text = field.key();
    if (declared.is_object()) {
      text += "  " + field_type(declared);
      if (declared.contains("default")) {
        text += "; default " + value_text(declared["default"]);
      } else if (declared.value("required", Json(true)) == Json(false)) {
        text += "; may be left out";
      }
      if (declared.contains("help")) {
        text += "; " + value_text(declared["help"]);
      }
    }
    card.block(name, one_line(text, kLongestValue));
    name = {};
  }
}

void add_question(Card& card, const CardFacts& facts, const StepState& step,
                  const Question& question) {
  card.exact("step", step.path);
  card.block("waits",
             "for " + one_line(step.waiting_for) + until(question.asked.expires, facts.now));
  if (!question.asked.text.empty()) {
    card.block("", question.asked.text);
  }
  std::string_view name = "shows";
  for (const std::string& line : shown_lines(question.asked.shown, kLongestValue)) {
    card.block(name, line);
    name = {};
  }
  add_fields(card, question.asked.fields);
}

}  // namespace

std::vector<std::string> shown_lines(const Json& shown, std::size_t limit) {
  std::vector<std::string> lines;
  if (shown.is_object()) {
    for (const auto& entry : shown.items()) {
      lines.push_back(
          fmt::format("{}: {}", one_line(entry.key()), one_line(value_text(entry.value()), limit)));
    }
  } else if (!shown.is_null()) {
    lines.push_back(one_line(value_text(shown), limit));
  }
  return lines;
}

std::string unknown_card(const CardFacts& facts, const Style& style) {
  const StepState* step = unknown_step(facts.state, facts.error.path);
  Card card(style, facts.state_option);
  card.head(facts.error.code, Color::wait);
  add_step(card, facts, step);
  if (step != nullptr) {
    for (const CallState* call : facts.state.open_calls_of(step->path)) {
      add_intent(card, *call);
    }
  }
  add_open_calls(card, facts.state, step == nullptr ? "" : step->path);
  card.block("evidence", facts.error.message);
  if (const std::string log = log_of(facts, step); !log.empty()) {
    card.exact("log", log);
  }
  card.exact("more", "runbook explain " + code_text(facts.error.code));
  card.say(kept_sentence(facts.state) + " Find out whether it happened, then say so.");
  card.next(next_steps(facts.state, facts.run, facts.phase));
  return card.take();
}

std::string waiting_card(const CardFacts& facts, const Style& style) {
  Card card(style, facts.state_option);
  card.head(facts.error.code, Color::wait);
  // That somebody is asked is no news: what follows says what. An answer that was refused is.
  if (facts.error.code != Code::input_needed) {
    card.block("why", facts.error.message);
  }
  for (const StepState& step : facts.state.steps) {
    const auto question = facts.state.questions.find(step.path);
    if (step.state == State::waiting && question != facts.state.questions.end() &&
        !question->second.answer) {
      add_question(card, facts, step, question->second);
    }
  }
  if (!facts.error.hint.empty()) {
    card.block("hint", facts.state_option.put_into(facts.error.hint));
  }
  card.say(
      "This run is saved; you can close this terminal. Answering needs neither it nor this "
      "process.");
  card.next(next_steps(facts.state, facts.run, facts.phase));
  return card.take();
}

}  // namespace runbook
