#include "tests/step/step_run.h"

#include <fmt/core.h>

#include <utility>

namespace runbook {
namespace {

const std::string kRun = "7f3a-lucky-heron";

void append_event(Store& store, Clock& clock, const std::string& step, std::uint32_t attempt,
                  Payload payload) {
  Event event;
  event.step = step;
  event.attempt = attempt;
  event.payload = std::move(payload);
  append_directly(store, kRun, clock, {event});
}

void start(Journal& journal, bool resumed) {
  if (!resumed) {
    event::RunCreated created;
    created.recipe = created.name = "test";
    journal.append(std::move(created));
  }
  event::SessionStarted started;
  started.resumed = resumed;
  journal.append(std::move(started));
}

event::AnswerRecorded answer_of(const std::string& verdict, const Json& answer) {
  event::AnswerRecorded recorded;
  recorded.answer = answer;
  recorded.verdict = verdict;
  recorded.actor = "ada@desk";
  recorded.comment = "seen";
  return recorded;
}

Task<StepRun::End> run_to_end(Session& session, const StepRun::Recipe& recipe) {
  StepRun::End end{.phase = RunPhase::ok, .error = std::nullopt};
  try {
    co_await recipe(session);
    co_await session.settle_all(Session::Settle::all);
  } catch (const Error& error) {
    end = {.phase = RunPhase::failed, .error = error};
  } catch (const SessionStop& stop) {
    end = {.phase = stop.phase, .error = stop.error};
  } catch (const Cancelled&) {
    end.phase = RunPhase::interrupted;
  }
  co_return end;
}

/// What uses up a resource is settled by its primitive alone.
std::vector<const CallState*> closed_by_hand(const RunState& state, const std::string& step) {
  std::vector<const CallState*> calls = state.open_calls_of(step);
  std::erase_if(calls, [](const CallState* call) { return !call->resource.empty(); });
  return calls;
}

}  // namespace

StepRun::StepRun() : store_(make_memory_store()) {
  RunRow row;
  row.id = kRun;
  store_->create_run(row);
}

StepRun::~StepRun() = default;

StepRun::End StepRun::session(const Recipe& recipe, SessionSettings settings) {
  Redactor redactor;
  SecretVault vault(kRun, redactor);
  Loop loop(clock);
  Journal journal(loop, *store_, kRun, Journal::Writer::on_loop);
  settings.resumed = sessions_ > 0;
  Session session(loop, journal, vault, redactor, settings);
  bool waits = false;
  loop.on_idle([&] {
    journal.flush();
    if (!somebody_comes && session.waits_for_people()) {
      waits = true;
      session.root().cancel->request(CancelReason::stop);
    }
  });
  session.ask = ask;
  session.before_attempt = before_attempt;
  session.probe_call = probe_call;
  session.before_first_action = before_first_action;
  session.notice = [this](const std::string& sentence) { notices.push_back(sentence); };
  current = &session;
  start(journal, sessions_ > 0);
  ++sessions_;

  End end;
  bool died = false;
  const auto drive = [](Session& driven, const Recipe& body, End& result) -> Task<void> {
    result = co_await run_to_end(driven, body);
    driven.loop().stop();
  };
  loop.spawn(drive(session, recipe, end));
  try {
    loop.run();
  } catch (const Crash&) {
    died = true;
  }
  current = nullptr;
  if (waits && end.phase == RunPhase::interrupted) {
    end.phase = RunPhase::waiting;
  }
  if (!died) {
    const Json error = end.error ? end.error->to_json() : Json();
    journal.append(event::SessionEnded{.state = end.phase, .exit = 0, .error = error});
    if (end.phase == RunPhase::ok) {
      journal.append(event::RunFinished{.state = RunPhase::ok});
    }
  }
  journal.close();
  return died ? End{} : end;
}

void StepRun::mark(const std::string& step, State state, const Json& value) {
  const RunState before = this->state();
  const std::uint32_t attempt = before.find_step(step)->attempts;
  event::StepMarked marked;
  marked.state = state;
  marked.value = RawJson::of(value);
  append_event(*store_, clock, step, attempt, std::move(marked));
  for (const CallState* call : closed_by_hand(before, step)) {
    event::CallEnded ended{
        .call = call->begun, .result = RawJson("null"), .error = nullptr, .settled = "mark"};
    append_event(*store_, clock, step, attempt, std::move(ended));
  }
}

void StepRun::rerun(const std::string& step) {
  const RunState before = state();
  for (const CallState* call : closed_by_hand(before, step)) {
    event::CallEnded ended{.call = call->begun,
                           .result = {},
                           .error = failure("given up").to_json(),
                           .settled = "rerun"};
    append_event(*store_, clock, step, call->attempt, std::move(ended));
  }
  event::RunRewound rewound;
  rewound.kind = "rerun";
  rewound.to = step;
  rewound.forgotten = forgotten_by_rerun(before, step);
  append_event(*store_, clock, {}, 0, std::move(rewound));
}

void StepRun::answer(const std::string& step, const std::string& verdict, const Json& answer) {
  append_event(*store_, clock, step, 0, answer_of(verdict, answer));
}

RunState StepRun::state() {
  return read_run_state(*store_, kRun);
}

std::string StepRun::state_of(const std::string& step) {
  const RunState now = state();
  const StepState* found = now.find_step(step);
  return found == nullptr ? "" : std::string(state_name(found->state));
}

Json StepRun::result_of(const std::string& step) {
  const RunState now = state();
  const StepState* found = now.find_step(step);
  return found == nullptr || found->value.empty() ? Json() : found->value.parse();
}

std::uint32_t StepRun::attempts_of(const std::string& step) {
  const RunState now = state();
  const StepState* found = now.find_step(step);
  return found == nullptr ? 0 : found->attempts;
}

std::vector<std::string> StepRun::journal() {
  std::vector<std::string> lines;
  store_->read_events(kRun, 0, [&](StoredEvent& stored) {
    const Event event = decode(std::move(stored));
    if (!event.step.empty()) {
      lines.push_back(
          fmt::format("{} {}#{}", event_name(event.payload), event.step, event.attempt));
    }
  });
  return lines;
}

std::size_t StepRun::count_of(const std::string& line) {
  std::size_t count = 0;
  for (const std::string& found : journal()) {
    count += found == line ? 1U : 0U;
  }
  return count;
}

CallSpec StepRun::call(const std::string& name, Effect effect, std::function<void()> then) {
  CallSpec spec;
  spec.primitive = "world.send";
  spec.effect = effect;
  spec.arguments = Json{{"name", name}};
  spec.run = [this, name, then = std::move(then)](CancelPtr, std::vector<Json>,
                                                  CallSpec::Amend) -> Task<Json> {
    ++world[name];
    if (then) {
      then();
    }
    co_return Json{{"did", name}};
  };
  return spec;
}

CallSpec StepRun::waiting_call(const std::string& name, Loop& loop, std::function<void()> begun) {
  CallSpec spec = call(name);
  spec.run = [this, name, &loop, begun = std::move(begun)](CancelPtr cancel, std::vector<Json>,
                                                           CallSpec::Amend) -> Task<Json> {
    if (begun) {
      begun();
    }
    co_await loop.sleep(std::chrono::seconds(30), cancel);
    ++world[name];
    co_return Json{{"did", name}};
  };
  return spec;
}

Body StepRun::fails_at_first() {
  return fails_if(sessions_ == 1);
}

StepSpec named(const std::string& segment, std::int64_t body_hash) {
  StepSpec spec;
  spec.segment = segment;
  spec.body_hash = body_hash;
  spec.site = "test.lua:1";
  return spec;
}

Body returns(Json value) {
  return [value = std::move(value)](Scope&) -> Task<Json> { co_return value; };
}

Body raises(const std::string& message) {
  return [message](Scope&) -> Task<Json> {
    throw failure(message);
    co_return nullptr;
  };
}

Body fails_if(bool fail) {
  return fail ? raises("no") : returns(1);
}

void answer_now(Session& session, const std::string& step, const std::string& verdict,
                const Json& answer) {
  session.journal().append(answer_of(verdict, answer), step);
  session.steered(step);
}

Body calls(Session& session, std::function<CallSpec()> make) {
  return [&session, make = std::move(make)](Scope& scope) -> Task<Json> {
    CallSpec spec = make();
    co_return co_await session.call(scope, std::move(spec));
  };
}

Error failure(const std::string& message) {
  return Error(Code::recipe_failed, message).with_effect(EffectDone::none);
}

Task<std::optional<Error>> attempt(Session& session, Scope& scope, StepSpec spec, Body body) {
  std::optional<Error> raised;
  try {
    co_await session.step(scope, std::move(spec), std::move(body));
  } catch (const Error& error) {
    raised = error;
  }
  co_return raised;
}

}  // namespace runbook
