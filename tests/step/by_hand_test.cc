// What a person at another terminal does to a step that waits, while the run is driven.

#include "tests/catch.h"
#include "tests/step/step_run.h"

namespace runbook {
namespace {

using std::chrono::milliseconds;

void end_by_hand(Session& session, const std::string& step, State state, const Json& value) {
  event::StepMarked marked;
  marked.state = state;
  marked.value = RawJson::of(value);
  marked.actor = "ada@desk";
  session.journal().append(std::move(marked), step);
  session.steered(step);
}

/// Once `step` waits, it is marked.
Task<void> mark_when_waiting(Session& session, std::string step, State state, Json value) {
  const auto waits = [&] {
    const StepState* found = session.state().find_step(step);
    return found != nullptr && found->state == State::waiting;
  };
  while (!waits()) {
    co_await session.loop().sleep(milliseconds(1), nullptr);
  }
  end_by_hand(session, step, state, value);
}

TEST_CASE("a sleep that is marked done ends at once, with the result that was given") {
  StepRun run;
  RawJson result;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    session.loop().spawn(mark_when_waiting(session, "rest", State::ok, 7));
    result = co_await session.sleep(session.root(), named("rest"), std::chrono::hours(1));
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(result.text() == "7");
  CHECK(run.count_of("step.finished rest#1") == 0);
}

TEST_CASE("a step that is marked done while a resume looks at its targets does not run again") {
  StepRun run;
  bool fail = true;
  int runs = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    session.before_first_action = [&session]() -> Task<void> {
      end_by_hand(session, "charge", State::ok, 7);
      co_return;
    };
    Body body = [&](Scope&) -> Task<Json> {
      ++runs;
      if (fail) {
        throw failure("no");
      }
      co_return 1;
    };
    const RawJson result = co_await session.step(session.root(), named("charge"), body);
    CHECK(result.text() == "7");
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  fail = false;
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(runs == 1);
}

TEST_CASE("a wait that is marked failed raises it, and nothing is tried again") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    const Json by_hand = Error(Code::step_marked_failed, "it never will").to_json();
    session.loop().spawn(mark_when_waiting(session, "w", State::failed, by_hand));
    Look look = [](Scope&) -> Task<std::optional<Json>> { co_return std::nullopt; };
    WaitSpec wait;
    wait.every = std::chrono::minutes(1);
    co_await session.wait_until(session.root(), named("w"), wait, look);
  };
  const StepRun::End end = run.session(recipe);
  CHECK(end.phase == RunPhase::failed);
  CHECK(end.error.value_or(failure("")).message == "it never will");
  CHECK(end.error.value_or(failure("")).path == "w");
}

TEST_CASE("a wait that is marked while it looks takes that, whatever it sees") {
  StepRun run;
  int looks = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Look look = [&](Scope&) -> Task<std::optional<Json>> {
      if (++looks == 2) {
        end_by_hand(session, "w", State::skipped, "by hand");
        throw failure("the connection broke");
      }
      co_return std::nullopt;
    };
    WaitSpec wait;
    wait.every = milliseconds(1);
    const RawJson result = co_await session.wait_until(session.root(), named("w"), wait, look);
    CHECK(result.parse() == Json("by hand"));
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.state_of("w") == "skipped");
}

TEST_CASE("a step that is marked done between two attempts is not attempted again") {
  StepRun run;
  int bodies = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    session.loop().spawn(mark_when_waiting(session, "s", State::ok, "by hand"));
    StepSpec spec = named("s");
    spec.options.retry = {.attempts = 3, .initial = std::chrono::minutes(1)};
    Body body = [&](Scope&) -> Task<Json> {
      ++bodies;
      throw failure("busy").with_transient();
    };
    const RawJson result = co_await session.step(session.root(), spec, body);
    CHECK(result.parse() == Json("by hand"));
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(bodies == 1);
}

TEST_CASE("a gate that is skipped goes on with the result that was given") {
  StepRun run;
  run.somebody_comes = true;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    session.loop().spawn(mark_when_waiting(session, "gate", State::skipped, nullptr));
    StepSpec spec = named("gate");
    spec.kind = Kind::gate;
    QuestionSpec question;
    const RawJson result = co_await session.question(session.root(), spec, question);
    CHECK(result.text() == "null");
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.state_of("gate") == "skipped");
}

TEST_CASE("who steers a step where nothing waits disturbs nobody") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    session.steered("nothing");
    co_await session.sleep(session.root(), named("rest"), milliseconds(1));
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
}

TEST_CASE("before each attempt the session is asked, what it ends by hand does not begin") {
  StepRun run;
  std::vector<std::string> held;
  run.before_attempt = [&](const std::string& path, Kind, CancelPtr) -> Task<void> {
    held.push_back(path);
    if (path == "no") {
      end_by_hand(*run.current, path, State::skipped, nullptr);
    }
    co_return;
  };
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    co_await session.step(session.root(), named("yes"), returns(1));
    const RawJson skipped = co_await session.step(session.root(), named("no"), returns(2));
    CHECK(skipped.text() == "null");
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(held == std::vector<std::string>{"yes", "no"});
  CHECK(run.attempts_of("no") == 0);
}

TEST_CASE("a session in which every step is held waits for people") {
  StepRun run;
  run.before_attempt = [&](const std::string&, Kind, CancelPtr) -> Task<void> {
    Latch never(run.current->loop());
    co_await never.wait(run.current->root().cancel);
  };
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    std::vector<FanOutItem> items(3);
    for (std::size_t index = 0; index < items.size(); ++index) {
      items[index].step = named(std::to_string(index));
      items[index].body = returns(1);
    }
    FanOutSpec fan;
    fan.segment = "f";
    fan.jobs = 2;
    co_await session.fan_out(session.root(), fan, std::move(items));
  };
  CHECK(run.session(recipe).phase == RunPhase::waiting);
  CHECK(run.state().steps.empty());
}

}  // namespace
}  // namespace runbook
