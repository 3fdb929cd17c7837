#include "engine/view/decision_cards.h"

#include <fmt/format.h>

#include "engine/base/duration.h"
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
    card.block("prepared", one_line(value_text(call.intents.back()), kLongestValue));
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

void add_fields(Card& card, const Json& fields) {
  if (!fields.is_object()) {
    return;
  }
  std::string_view name = "answers";
  for (const auto& field : fields.items()) {
    const Json& declared = field.value();
    std::string text = field.key();
    for (const char* fact : {"type", "help"}) {
      if (declared.is_object() && declared.contains(fact)) {
        text += "  " + one_line(value_text(declared[fact]));
      }
    }
    card.block(name, text);
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
  if (question.asked.shown.is_object()) {
    std::string_view name = "shows";
    for (const auto& shown : question.asked.shown.items()) {
      card.block(name, fmt::format("{}: {}", shown.key(),
                                   one_line(value_text(shown.value()), kLongestValue)));
      name = {};
    }
  } else if (!question.asked.shown.is_null()) {
    card.block("shows", one_line(value_text(question.asked.shown), kLongestValue));
  }
  add_fields(card, question.asked.fields);
}

}  // namespace

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
