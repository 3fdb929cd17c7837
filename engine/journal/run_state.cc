// The fold. One overload for each event: long because the events are many. The rule for handled
// failures is in failures.cc, rewinding and renaming in history.cc.

#include "engine/journal/run_state.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/journal/failures.h"
#include "engine/journal/history.h"

namespace runbook {
namespace {

constexpr char kKeySeparator = '\x1f';  // no path, function or key holds it

class Fold {
 public:
  Fold(RunState& state, Event& event) : state_(state), event_(event) {}

  void operator()(event::RunCreated& created) {
    state_.created = std::move(created);
    state_.created_time = event_.time;
  }

  void operator()(event::SessionStarted& session) {
    for (StepState& step : state_.steps) {
      if (step.state == State::running) {
        step.state = State::interrupted;
      }
    }
    note_session_start(state_);
    state_.session = std::move(session);
    state_.session_started_time = event_.time;
    ++state_.sessions;
    state_.session_open = true;
    if (std::exchange(state_.finished, false)) {  // --rerun or undo of a run that was done
      state_.cancel.reset();                      // a cancel ended it then, not this session
    }
    state_.phase = RunPhase::running;
    state_.exit = -1;
    state_.error = nullptr;
  }

  void operator()(event::SessionEnded& session) {
    if (!state_.session_open) {
      contradicts("a session ends that did not start");
    }
    note_session_end(state_, session.error);
    state_.session_open = false;
    state_.phase = session.state;
    state_.exit = session.exit;
    state_.error = std::move(session.error);
  }

  void operator()(event::RunFinished& run) {
    state_.finished = true;
    state_.phase = run.state;
  }

  void operator()(event::RunRewound& rewound) { forget_results(state_, rewound); }

  void operator()(event::StepStarted& started) {
    note_progress(state_, event_.step, Progress::began);
    const std::uint32_t index = begin_attempt();
    StepState& step = state_.steps[index];
    if (step.handled) {
      reopen(state_, step.path);
    }
    record_body(state_, index, started);
    step.kind = started.kind;
    step.body = started.body;
    step.site = std::move(started.site);
    if (!started.inputs.empty()) {
      state_.inputs[step.path] = std::move(started.inputs);
    }
    step.state = State::running;
    step.attempts = event_.attempt;
    step.handled = false;
    step.marked = false;
    step.has_undo = started.has_undo;
    step.value = {};
    step.waiting_for.clear();
    step.started = event_.sequence;
    step.started_time = event_.time;
    step.finished = 0;
    step.finished_time = 0;
    step.session = state_.sessions;
    if (step.first_started_time == 0) {
      step.first_started_time = event_.time;
    }
  }

  void operator()(event::StepFinished& finished) {
    StepState& step = begun_step();
    if (has_result(step.state)) {
      contradicts("a step ends that has ended already");
    }
    finish(step, finished.state, std::move(finished.value));
    step.marked = false;
    const bool failed = finished.state == State::failed;
    note_end(state_, step.path,
             failed && !state_.handled_failures.empty() ? step.value.parse() : Json());
    if (failed) {
      note_failure(state_, step);
      if (const auto question = state_.questions.find(step.path);
          question != state_.questions.end() && question->second.answer) {
        question->second.is_failed = true;
      }
    }
  }

  // The attempt failed, and another follows in this session.
  void operator()(event::StepRetrying& retrying) {
    StepState& step = begun_step();
    note_end(state_, step.path, retrying.error);
    step.state = State::waiting;
    step.waiting_for = "the next attempt";
    if (__builtin_add_overflow(event_.time, retrying.delay_ms, &step.waiting_until)) {
      contradicts("the delay has no end");
    }
    step.value = RawJson::of(retrying.error);
  }

  void operator()(event::StepWaiting& waiting) {
    StepState& step = begun_step();
    if (only_waits(step.kind)) {
      step.state = State::waiting;
    }
    step.waiting_for = std::move(waiting.why);
    step.waiting_until = waiting.until;
  }

  void operator()(event::StepMarked& marked) {
    if (!marked.renamed_from.empty() && rename_step(state_, marked.renamed_from, event_.step)) {
      return;
    }
    StepState& step = state_.steps[find_or_add()];
    reopen(state_, step.path);
    finish(step, marked.state, std::move(marked.value));
    step.marked = true;
  }

  void operator()(event::StepSkipped& skipped) {
    StepState& step = state_.steps[find_or_add()];
    reopen(state_, step.path);
    finish(step, State::skipped, std::move(skipped.value));
    note_end(state_, step.path, nullptr);
  }

  void operator()(event::CallBegun& begun) {
    StepState& step = begun_step();
    note_progress(state_, event_.step, Progress::recorded);
    const auto index = static_cast<std::uint32_t>(state_.calls.size());
    CallState call{.begun = event_.sequence,
                   .begun_time = event_.time,
                   .attempt = event_.attempt,
                   .occurrence = begun.occurrence,
                   .step = event_.step,
                   .primitive = std::move(begun.primitive),
                   .fingerprint = std::move(begun.fingerprint),
                   .resource = std::move(begun.resource),
                   .arguments = std::move(begun.arguments)};
    call.intents.push_back(std::move(begun.intent));
    state_.calls.push_back(std::move(call));
    state_.call_index.emplace(event_.sequence, index);
    state_.open_calls.push_back(index);
    step.calls.push_back(index);
  }

  void operator()(event::CallAmended& amended) {
    state_.calls[open_call(amended.call)].intents.push_back(std::move(amended.intent));
  }

  void operator()(event::CallEnded& ended) {
    const std::uint32_t index = open_call(ended.call);
    CallState& call = state_.calls[index];
    const bool failed = !ended.error.is_null();
    call.end = failed ? CallState::End::failed : CallState::End::ok;
    call.result = std::move(ended.result);
    call.error = std::move(ended.error);
    std::erase(state_.open_calls, index);
    settle_unknown(call.step);
  }

  void operator()(event::ValueRecorded& recorded) {
    note_progress(state_, event_.step, Progress::recorded);
    state_.values.insert_or_assign(value_key(event_.step, recorded.function, recorded.key),
                                   std::move(recorded.value));
  }

  void operator()(event::GateOpened& gate) {
    note_progress(state_, event_.step, Progress::recorded);
    Question question{.asked = std::move(gate)};
    question.opened = event_.sequence;
    question.opened_time = event_.time;
    state_.questions.insert_or_assign(event_.step, std::move(question));
  }
  void operator()(event::AnswerRecorded& answer) {
    const auto question = state_.questions.find(event_.step);
    if (question == state_.questions.end()) {
      contradicts("nothing was asked");
    }
    note_progress(state_, event_.step, Progress::recorded);
    question->second.answer = std::move(answer);
    question->second.answered = event_.sequence;
    question->second.answered_time = event_.time;
  }
  void operator()(event::CancelRequested& cancel) { state_.cancel = std::move(cancel); }

  void operator()(event::TargetRecorded& target) {
    note_progress(state_, event_.step, Progress::recorded);
    state_.targets.insert_or_assign(std::move(target.name), std::move(target.value));
  }

  void operator()(event::ServiceStarted& service) {
    note_progress(state_, event_.step, Progress::recorded);
    state_.services.insert_or_assign(std::move(service.name), std::move(service.service));
  }
  // Noticed whenever it happens, whatever the recipe is doing: no progress of a scope.
  void operator()(event::ServiceEnded& service) {
    Json& known = state_.services[service.name];
    if (!known.is_object()) {
      known = Json::object();
    }
    known["ended"] = std::move(service.status);
  }

  void operator()(event::StatePut& put) {
    note_progress(state_, event_.step, Progress::recorded);
    state_.state_puts.insert_or_assign(std::move(put.key), std::move(put.value));
  }

  void operator()(event::OutputSet& output) {
    note_progress(state_, event_.step, Progress::recorded);
    for (auto& [name, value] : output.values.items()) {
      state_.outputs.insert_or_assign(name, std::move(value));
    }
  }

  void operator()(event::AttachmentAdded& attachment) {
    note_progress(state_, event_.step, Progress::recorded);
    state_.attachments.push_back(std::move(attachment));
  }

  void operator()(event::NoteAdded& note) {
    note_progress(state_, event_.step, Progress::recorded);
    state_.notes.push_back(std::move(note.text));
  }

 private:
  [[noreturn]] void contradicts(std::string_view what) const {
    const std::string_view name = event_name(event_.payload);
    throw Error(Code::journal_corrupt,
                event_.step.empty() ? fmt::format("event {} ({}): {}", event_.sequence, name, what)
                                    : fmt::format("event {} ({} of {}): {}", event_.sequence, name,
                                                  event_.step, what),
                {}, Json{{"sequence", event_.sequence}});
  }

  std::uint32_t find_or_add() {
    const auto next = static_cast<std::uint32_t>(state_.steps.size());
    const auto [entry, added] = state_.step_index.try_emplace(event_.step, next);
    if (added) {
      state_.steps.emplace_back().path = std::move(event_.step);
    }
    return entry->second;
  }

  // One lookup for the common case, a step that is new.
  std::uint32_t begin_attempt() {
    const auto next = static_cast<std::uint32_t>(state_.steps.size());
    const auto [entry, added] = state_.step_index.try_emplace(event_.step, next);
    const std::uint32_t attempts = added ? 0 : state_.steps[entry->second].attempts;
    if (event_.attempt != attempts + 1) {
      if (added) {
        state_.step_index.erase(entry);
      }
      contradicts(fmt::format("attempt {} follows attempt {}", event_.attempt, attempts));
    }
    if (added) {
      state_.steps.emplace_back().path = std::move(event_.step);
    }
    return entry->second;
  }

  // Mostly the one that began last.
  StepState* find_step() {
    if (!state_.steps.empty() && state_.steps.back().path == event_.step) {
      return &state_.steps.back();
    }
    const auto entry = state_.step_index.find(event_.step);
    return entry == state_.step_index.end() ? nullptr : &state_.steps[entry->second];
  }

  StepState& begun_step() {
    StepState* found = find_step();
    if (found == nullptr) {
      contradicts("the step never began");
    }
    StepState& step = *found;
    if (step.attempts == 0 || (event_.attempt != 0 && event_.attempt > step.attempts)) {
      contradicts(fmt::format("attempt {} never began", event_.attempt));
    }
    return step;
  }

  void finish(StepState& step, State end, RawJson value) {
    step.state = end;
    step.value = std::move(value);
    step.waiting_for.clear();
    step.finished = event_.sequence;
    step.finished_time = event_.time;
  }

  std::uint32_t open_call(Sequence sequence) {
    const auto entry = state_.call_index.find(sequence);
    if (entry == state_.call_index.end()) {
      contradicts(fmt::format("call {} never began", sequence));
    }
    if (state_.calls[entry->second].end != CallState::End::open) {
      contradicts(fmt::format("call {} has ended already", sequence));
    }
    return entry->second;
  }

  // A step that was unknown for its open calls is merely cut off once they are all settled.
  void settle_unknown(const std::string& path) {
    StepState& step = state_.steps[state_.step_index.find(path)->second];
    const bool open = std::ranges::any_of(step.calls, [this](std::uint32_t index) {
      const CallState& call = state_.calls[index];
      return call.end == CallState::End::open && !call.forgotten;
    });
    if (step.state == State::unknown && !open) {
      step.state = State::interrupted;
    }
  }

  RunState& state_;
  Event& event_;
};

}  // namespace

bool PathOrder::operator()(std::string_view left, std::string_view right) const {
  const auto [l, r] = std::ranges::mismatch(left, right);
  if (l == left.end() || r == right.end()) {
    return l == left.end() && r != right.end();
  }
  if (*l == '/' || *r == '/') {
    return *l == '/';
  }
  return static_cast<unsigned char>(*l) < static_cast<unsigned char>(*r);
}

const StepState* RunState::find_step(std::string_view path) const {
  const auto entry = step_index.find(path);
  return entry == step_index.end() ? nullptr : &steps[entry->second];
}

std::vector<const CallState*> RunState::calls_of(const StepState& step) const {
  std::vector<const CallState*> found;
  for (const std::uint32_t index : step.calls) {
    if (!calls[index].forgotten) {
      found.push_back(&calls[index]);
    }
  }
  return found;
}

std::vector<const CallState*> RunState::open_calls_of(std::string_view path) const {
  std::vector<const CallState*> found;
  for (const std::uint32_t index : open_calls) {
    if (calls[index].step == path) {
      found.push_back(&calls[index]);
    }
  }
  return found;
}

bool is_ending(std::string_view path) {
  const std::string_view first = path.substr(0, path.find('/'));
  return first == "finally" || first == "on_fail" || first == "undo";
}

std::string value_key(std::string_view scope, std::string_view function, std::string_view key) {
  std::string text;
  text.reserve(scope.size() + function.size() + key.size() + 2);
  text.append(scope).append(1, kKeySeparator).append(function).append(1, kKeySeparator).append(key);
  return text;
}

std::string_view scope_of_key(std::string_view value_key) {
  return value_key.substr(0, value_key.find(kKeySeparator));
}

void apply(RunState& state, Event&& event) {
  if (event.sequence != state.last + 1) {
    throw Error(Code::journal_corrupt,
                fmt::format("event {} follows event {}", event.sequence, state.last), {},
                Json{{"sequence", event.sequence}});
  }
  const Sequence sequence = event.sequence;
  const Timestamp time = event.time;
  std::visit(Fold(state, event), event.payload);
  state.last = sequence;
  state.updated = time;
}

void apply(RunState& state, const Event& event) {
  Event copy = event;
  apply(state, std::move(copy));
}

}  // namespace runbook
