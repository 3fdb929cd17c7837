// Steps that wait: for a condition, for a time.

#include "tests/catch.h"
#include "tests/step/step_run.h"

namespace runbook {
namespace {

using std::chrono::milliseconds;

WaitSpec quickly(milliseconds timeout = milliseconds(10'000)) {
  WaitSpec wait;
  wait.every = milliseconds(1);
  wait.timeout = timeout;
  return wait;
}

TEST_CASE("wait_until looks until there is something, and records it") {
  StepRun run;
  int looks = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Look look = [&](Scope& scope) -> Task<std::optional<Json>> {
      CHECK(scope.mode == Mode::look);
      if (++looks < 3) {
        co_return std::nullopt;
      }
      co_return Json{{"height", 7}};
    };
    WaitSpec wait = quickly();
    wait.why = [&](Scope&) -> Task<std::string> { co_return "height is " + std::to_string(looks); };
    const RawJson found = co_await session.wait_until(session.root(), named("w"), wait, look);
    CHECK(found.parse() == Json{{"height", 7}});
    co_await session.step(session.root(), named("end"), run.fails_at_first());
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(looks == 3);
  CHECK(run.count_of("step.waiting w#1") == 2);
}

TEST_CASE("a wait says that it waits, also without why") {
  StepRun run;
  int looks = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Look look = [&](Scope&) -> Task<std::optional<Json>> {
      if (++looks < 3) {
        co_return std::nullopt;
      }
      co_return Json(true);
    };
    co_await session.wait_until(session.root(), named("w"), quickly(), look);
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.count_of("step.waiting w#1") == 1);
}

TEST_CASE("a call that waits says each reason once, and that it goes on") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&](Scope& scope) -> Task<Json> {
      session.waits(scope, "pod web-1: no image", 99'000);
      session.waits(scope, "pod web-1: no image", 99'000);
      CHECK(session.state().find_step("roll out")->state == State::running);
      CHECK(session.state().find_step("roll out")->waiting_for == "pod web-1: no image");
      session.waits(scope, "", 0);
      co_return nullptr;
    };
    co_await session.step(session.root(), named("roll out"), body);
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.count_of("step.waiting roll out#1") == 2);
}

TEST_CASE("a transient error is not yet, another error is the step's") {
  StepRun run;
  int looks = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Look look = [&](Scope&) -> Task<std::optional<Json>> {
      if (++looks == 1) {
        throw failure("connection refused").with_transient();
      }
      throw failure("no such method");
      co_return std::nullopt;
    };
    co_await session.wait_until(session.root(), named("w"), quickly(), look);
  };
  const StepRun::End end = run.session(recipe);
  CHECK(end.error.value_or(failure("")).message == "no such method");
  CHECK(looks == 2);
}

TEST_CASE("a wait that times out says what it last saw, and looks again in the next session") {
  StepRun run;
  int looks = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Look look = [&](Scope&) -> Task<std::optional<Json>> {
      ++looks;
      if (run.sessions() > 1) {
        co_return Json(true);
      }
      throw failure("connection refused").with_transient();
    };
    co_await session.wait_until(session.root(), named("w"), quickly(milliseconds(5)), look);
  };
  const Error error = run.session(recipe).error.value_or(failure(""));
  CHECK(error.code == Code::wait_timed_out);
  CHECK(error.message == "w did not happen within 5ms; last seen: RB1212 connection refused");
  CHECK(run.session(recipe).phase == RunPhase::ok);
}

TEST_CASE("it looks at least once, however short its timeout") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Look look = [](Scope&) -> Task<std::optional<Json>> { co_return Json(1); };
    co_await session.wait_until(session.root(), named("w"), quickly(milliseconds(0)), look);
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
}

TEST_CASE("a sleep waits for what is left of it") {
  StepRun run;
  const auto sleep = [](bool die) -> StepRun::Recipe {
    return [die](Session& session) -> Task<void> {
      if (die) {
        const auto kill = [](Session& dying) -> Task<void> {
          co_await dying.loop().sleep(milliseconds(5), nullptr);
          throw Crash();
        };
        session.loop().spawn(kill(session));
      }
      co_await session.sleep(session.root(), named("cool down"), std::chrono::hours(24));
    };
  };
  CHECK(run.session(sleep(true)).phase == RunPhase::running);
  CHECK(run.state_of("cool down") == "waiting");
  const Timestamp until = run.state().find_step("cool down")->waiting_until;
  run.clock.advance(std::chrono::hours(24));
  CHECK(run.session(sleep(false)).phase == RunPhase::ok);
  CHECK(run.state().find_step("cool down")->attempts == 2);
  CHECK(run.count_of("step.waiting cool down#1") == 1);
  CHECK(run.count_of("step.waiting cool down#2") == 0);
  CHECK(until <= run.clock.now());
}

}  // namespace
}  // namespace runbook
