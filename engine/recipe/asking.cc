#include "engine/recipe/asking.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/identity.h"
#include "engine/base/path.h"
#include "engine/recipe/typed_answer.h"

namespace runbook {

/// While one lives, somebody is being asked, or is about to be.
class Asking::Busy {
 public:
  explicit Busy(Asking& asking) : asking_(asking) { ++asking_.busy_; }
  ~Busy() { --asking_.busy_; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  Asking& asking_;
};

/// The terminal belongs to one question, which others may withdraw.
class Asking::Floor {
 public:
  Floor(Asking& asking, const std::string& path, const CancelPtr& cancel)
      : asking_(asking), node_(cancel->child()), position_(asking.asked_.emplace(path, node_)) {
    asking_.floor_taken_ = true;
    asking_.floor_free_.close();
  }
  ~Floor() {
    asking_.asked_.erase(position_);
    asking_.floor_taken_ = false;
    asking_.floor_free_.open();
  }
  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;
  const CancelPtr& node() const { return node_; }

 private:
  Asking& asking_;
  CancelPtr node_;
  std::multimap<std::string, CancelPtr>::iterator position_;
};

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
    parts.session.before_attempt = [this](const std::string& path, Kind kind) {
      return before_attempt(path, kind);
    };
  }
}

// --- what is answered ---------------------------------------------------------------------------

std::string Asking::take(const Instruction& said) {
  Steered steered = steer(parts_.journal.state(), said, parts_.loop.clock().now(), driven_);
  for (const auto& [name, value] : steered.secrets) {
    parts_.vault.add(name, value);
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

// --- questions at the terminal -------------------------------------------------------------------

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

// --- before an attempt ---------------------------------------------------------------------------

/// --until has ended: the step itself, or all that has begun under the prefix, and `path` lies
/// elsewhere.
bool Asking::is_past_until(const std::string& path) const {
  const auto is_over = [](const StepState& step) {
    return step.state == State::ok || step.state == State::skipped;
  };
  const RunState& state = parts_.journal.state();
  if (options_.until.empty() || is_under(path, options_.until)) {
    return false;
  }
  if (const StepState* step = state.find_step(options_.until)) {
    return is_over(*step);
  }
  bool begun = false;
  for (const StepState& step : state.steps) {
    if (is_under(step.path, options_.until)) {
      begun = true;
      if (!is_over(step)) {
        return false;
      }
    }
  }
  return begun;
}

Task<void> Asking::before_attempt(const std::string& step, Kind kind) {
  const std::string path = step;
  if (is_past_until(path)) {
    until_reached_ = true;  // what runs beside it may end; on_idle() stops the session then
    Latch never(parts_.loop);
    co_await never.wait(parts_.session.root().cancel);
  }
  const bool asks_itself = kind == Kind::gate || kind == Kind::ask || kind == Kind::manual;
  if (!confirm_ || asks_itself || !confirmed_.insert(path).second) {
    co_return;
  }
  const Busy busy(*this);
  co_await parts_.journal.durable();
  const CancelPtr root = parts_.session.root().cancel;
  while (floor_taken_) {
    co_await floor_free_.wait(root);
  }
  try {
    co_await confirm(path, kind);
  } catch (const Cancelled&) {
    if (root->requested()) {
      throw;  // else somebody ended the step by hand
    }
  }
}

Task<void> Asking::confirm(std::string path, Kind kind) {
  const CancelPtr root = parts_.session.root().cancel;
  for (;;) {
    if (!confirm_) {
      co_return;  // "all" was said at another step meanwhile
    }
    const Floor floor(*this, path, root);
    Prompt shown = attempt_prompt(path, kind, parts_.journal.state().find_step(path));
    const std::optional<std::string> key = co_await prompt(std::move(shown), floor.node());
    if (key == "y") {
      co_return;
    }
    if (key == "a") {
      confirm_ = false;
      co_return;
    }
    if (key == "s") {
      Instruction said = instruction(Instruction::Kind::skip, path);
      said.reason = "skipped at the terminal (--step)";
      if (try_take(said)) {
        co_return;
      }
      continue;
    }
    stop({.phase = RunPhase::interrupted, .exit = 130, .error = std::nullopt},
         StopLevel::interrupt);
    throw Cancelled(CancelReason::stop);
  }
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
    stop({.phase = RunPhase::interrupted, .exit = 0, .error = std::nullopt}, StopLevel::none);
    return;
  }
  Error error = input_needed(parts_.journal.state(), parts_.run_id, parts_.loop.clock().now());
  if (error.path.empty()) {
    return;  // it expires this very moment
  }
  error.message += shown_.can_ask() ? "" : ", and nobody can be asked";
  stop({.phase = RunPhase::waiting, .exit = code_info(error.code).exit, .error = error},
       StopLevel::none);
}

Task<std::optional<Json>> Asking::ask_result(std::string path, CancelPtr cancel) {
  for (;;) {
    Prompt shown = result_prompt(path);
    const std::optional<std::string> text = co_await prompt(std::move(shown), cancel);
    if (!text) {
      co_return std::nullopt;
    }
    Json result = text->empty() ? Json() : Json::parse(*text, nullptr, false);
    if (!result.is_discarded()) {
      co_return result;
    }
    shown_.notice("that is not JSON; a text is written \"in quotes\"");
  }
}

Task<Asking::Decision> Asking::decide_unknown(Error unknown) {
  const StepState* step = parts_.journal.state().find_step(unknown.path);
  if (!shown_.can_ask() || step == nullptr || parts_.session.stopping()) {
    co_return Decision::none;
  }
  co_await parts_.journal.durable();
  const Floor floor(*this, unknown.path, parts_.session.root().cancel);
  const CancelPtr node = floor.node();
  try {
    for (;;) {
      Prompt shown = unknown_prompt(*step, parts_.journal.state(), unknown.message);
      const std::optional<std::string> key = co_await prompt(std::move(shown), node);
      if (key == "r") {
        co_return Decision::rerun;
      }
      if (key != "d" && key != "f") {
        co_return Decision::none;
      }
      Instruction said = instruction(
          key == "d" ? Instruction::Kind::mark_done : Instruction::Kind::mark_failed, unknown.path);
      said.reason = "decided at the terminal: " + unknown.message;
      if (key == "d") {
        std::optional<Json> result = co_await ask_result(unknown.path, node);
        if (!result) {
          continue;
        }
        said.result = std::move(*result);
      }
      if (try_take(said)) {
        co_return Decision::settled;
      }
    }
  } catch (const Cancelled&) {
    if (parts_.session.stopping()) {
      co_return Decision::none;
    }
  }
  co_return Decision::settled;  // somebody decided elsewhere
}

}  // namespace runbook
