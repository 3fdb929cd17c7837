// Attempts that are cut short: by their timeout, by a sibling that failed, by a stop of the
// session.

#include "tests/catch.h"
#include "tests/step/step_run.h"

namespace runbook {
namespace {

using std::chrono::milliseconds;

/// `bad` fails once `other` has begun its call; `other` makes `call`.
StepRun::Recipe beside_a_failure(StepRun& run,
                                 std::function<CallSpec(Session&, bool& begun)> call) {
  return [&run, call = std::move(call)](Session& session) -> Task<void> {
    bool begun = false;
    std::vector<FanOutItem> items(2);
    items[0].step = named("other");
    items[0].body = calls(session, [&] { return call(session, begun); });
    items[1].step = named("bad");
    items[1].body = [&](Scope& scope) -> Task<Json> {
      while (!begun && run.sessions() == 1) {
        co_await session.loop().sleep(milliseconds(1), scope.cancel);
      }
      if (run.sessions() == 1) {
        throw failure("bad");
      }
      co_return "good";
    };
    FanOutSpec fan;
    fan.segment = "f";
    co_await session.fan_out(session.root(), fan, std::move(items));
  };
}

TEST_CASE("a timeout ends an attempt that only waits: transient, so retry tries again") {
  StepRun run;
  int bodies = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    StepSpec spec = named("s");
    spec.options.timeout = milliseconds(10);
    spec.options.retry = {.attempts = 2, .initial = milliseconds(1)};
    Body body = [&](Scope& scope) -> Task<Json> {
      if (++bodies == 1) {
        co_await session.loop().sleep(std::chrono::seconds(30), scope.cancel);
      }
      co_return bodies;
    };
    co_await session.step(session.root(), spec, body);
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.result_of("s") == Json(2));
}

TEST_CASE("a timeout of a step names the step and its limit") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    StepSpec spec = named("s");
    spec.options.timeout = milliseconds(10);
    Body body = [&](Scope& scope) -> Task<Json> {
      co_await session.loop().sleep(std::chrono::seconds(30), scope.cancel);
      co_return 1;
    };
    co_await session.step(session.root(), spec, body);
  };
  const StepRun::End end = run.session(recipe);
  CHECK(end.phase == RunPhase::failed);
  CHECK(end.error.value_or(failure("")).code == Code::step_timed_out);
  CHECK(end.error.value_or(failure("")).message == "s did not finish within 10ms");
}

TEST_CASE("a timeout in a once call is examined before anything else") {
  StepRun run;
  Outcome found;
  int looks = 0;
  run.probe_call = [&](const CallState&, CancelPtr) -> Task<std::optional<Outcome>> {
    ++looks;
    co_return found;
  };
  bool wait = true;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    StepSpec spec = named("s");
    spec.options.timeout = milliseconds(10);
    spec.options.retry = {.attempts = 2, .initial = milliseconds(1)};
    Body body = calls(session, [&] {
      return std::exchange(wait, false) ? run.waiting_call("pay", session.loop()) : run.call("pay");
    });
    co_await session.step(session.root(), spec, body);
  };
  SECTION("it happened all the same") {
    found = Outcome::done("late");
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.result_of("s") == Json("late"));
    CHECK(run.world["pay"] == 0);
  }
  SECTION("it did not: another attempt") {
    found = Outcome::not_done();
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.world["pay"] == 1);
  }
  SECTION("nobody can tell") {
    found = Outcome::cannot_tell("?");
    CHECK(run.session(recipe).phase == RunPhase::unknown);
    CHECK(run.world["pay"] == 0);
    CHECK(run.state_of("s") == "unknown");
  }
  CHECK(looks == 1);
}

TEST_CASE("the timeout of a parent cuts its child short, whose once call stays to be examined") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    StepSpec outer = named("outer");
    outer.options.timeout = milliseconds(10);
    Body body = [&](Scope& scope) -> Task<Json> {
      Body inner = calls(session, [&] {
        return run.sessions() == 1 ? run.waiting_call("pay", session.loop()) : run.call("pay");
      });
      co_await session.step(scope, named("inner"), inner);
      co_return 1;
    };
    co_await session.step(session.root(), outer, body);
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  CHECK(run.state_of("outer") == "failed");
  CHECK(run.state_of("outer/inner") == "interrupted");
  run.probe_call = [](const CallState&, CancelPtr) -> Task<std::optional<Outcome>> {
    co_return Outcome::not_done();
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.world["pay"] == 1);
}

TEST_CASE(
    "when a sibling fails, a once call in flight may finish, and its step is attempted again and "
    "claims it") {
  StepRun run;
  const StepRun::Recipe recipe = beside_a_failure(run, [&](Session& session, bool& begun) {
    CallSpec call = run.call("pay");
    call.run = [&](CancelPtr cancel, std::vector<Json>, CallSpec::Amend) -> Task<Json> {
      begun = true;
      co_await session.loop().sleep(milliseconds(20), cancel);
      ++run.world["pay"];
      co_return "receipt";
    };
    return call;
  });
  const StepRun::End end = run.session(recipe);
  CHECK(end.phase == RunPhase::failed);
  CHECK(end.error.value_or(failure("")).path == "f/bad");
  CHECK(run.world["pay"] == 1);
  CHECK(run.state().open_calls.empty());
  CHECK(run.state_of("f/other") == "cancelled");
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.world["pay"] == 1);
  CHECK(run.result_of("f/other") == Json("receipt"));
}

TEST_CASE("beyond the grace time it is cut off: interrupted, never failed or cancelled") {
  StepRun run;
  const StepRun::Recipe recipe = beside_a_failure(run, [&](Session& session, bool& begun) {
    if (run.sessions() > 1) {
      begun = true;
      return run.call("pay");
    }
    return run.waiting_call("pay", session.loop(), [&begun] { begun = true; });
  });
  SessionSettings settings;
  settings.grace = milliseconds(10);
  const StepRun::End end = run.session(recipe, settings);
  CHECK(end.phase == RunPhase::failed);
  CHECK(end.error.value_or(failure("")).path == "f/bad");
  CHECK(run.state_of("f/other") == "interrupted");
  CHECK(run.state().open_calls.size() == 1);
  SECTION("without a probe it is unknown on resume") {
    CHECK(run.session(recipe).phase == RunPhase::unknown);
    CHECK(run.world["pay"] == 0);
  }
  SECTION("with one it settles itself") {
    run.probe_call = [](const CallState&, CancelPtr) -> Task<std::optional<Outcome>> {
      co_return Outcome::not_done();
    };
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.world["pay"] == 1);
  }
}

TEST_CASE("so it is when the killed effect answers with an error instead of a cancellation") {
  StepRun run;
  int looks = 0;
  run.probe_call = [&](const CallState&, CancelPtr) -> Task<std::optional<Outcome>> {
    ++looks;
    co_return Outcome::done("found");
  };
  const StepRun::Recipe recipe = beside_a_failure(run, [&](Session& session, bool& begun) {
    CallSpec call = run.call("pay");
    call.run = [&](CancelPtr cancel, std::vector<Json>, CallSpec::Amend) -> Task<Json> {
      begun = true;
      ++run.world["pay"];
      try {
        co_await session.loop().sleep(std::chrono::seconds(30), cancel);
      } catch (const Cancelled&) {
        throw Error(Code::process_signalled, "ended by SIGTERM").with_effect(EffectDone::unknown);
      }
      co_return nullptr;
    };
    return call;
  });
  SessionSettings settings;
  settings.grace = milliseconds(10);
  CHECK(run.session(recipe, settings).phase == RunPhase::failed);
  CHECK(run.state_of("f/other") == "interrupted");
  INFO("a session that is ending examines nothing");
  CHECK(looks == 0);
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.world["pay"] == 1);
}

TEST_CASE("a stop of the session ends it as interrupted, with or without an effect in flight") {
  StepRun run;
  bool effect = false;
  bool as_error = false;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&](Scope& scope) -> Task<Json> {
      if (run.sessions() > 1) {
        co_return "later";
      }
      const auto stop = [&session] {
        session.root().cancel->request(CancelReason::stop, StopLevel::interrupt);
      };
      if (!effect) {
        stop();
        co_await session.loop().sleep(std::chrono::seconds(30), scope.cancel);
      }
      CallSpec call = run.waiting_call("pay", session.loop(), stop);
      if (as_error) {
        call.run = [&](CancelPtr, std::vector<Json>, CallSpec::Amend) -> Task<Json> {
          ++run.world["pay"];
          stop();
          throw Error(Code::process_signalled, "ended by SIGINT").with_effect(EffectDone::unknown);
          co_return nullptr;
        };
      }
      co_return co_await session.call(scope, std::move(call));
    };
    co_await session.step(session.root(), named("s"), body);
  };
  SECTION("nothing in flight: it is simply run again") {
    CHECK(run.session(recipe).phase == RunPhase::interrupted);
    CHECK(run.state_of("s") == "interrupted");
    CHECK(run.session(recipe).phase == RunPhase::ok);
  }
  SECTION("a once call in flight: examined by the next session") {
    effect = true;
    as_error = GENERATE(false, true);
    CHECK(run.session(recipe).phase == RunPhase::interrupted);
    CHECK(run.state_of("s") == "interrupted");
    CHECK(run.state().open_calls.size() == 1);
    CHECK(run.session(recipe).phase == RunPhase::unknown);
  }
}

TEST_CASE(
    "a once call that is cancelled before its effect leaves nothing to examine, whether its "
    "intent is durable by then or not") {
  StepRun run;
  const bool durable = GENERATE(false, true);
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    const auto stop = [&session] {
      session.root().cancel->request(CancelReason::stop, StopLevel::interrupt);
    };
    session.journal().observe([&](const Event& event) {
      if (durable && std::holds_alternative<event::CallBegun>(event.payload)) {
        stop();
      }
    });
    Body body = [&](Scope& scope) -> Task<Json> {
      CallSpec call = run.call("pay");
      call.prepare = [&](CancelPtr) -> Task<Intent> {
        if (!durable) {
          stop();
        }
        co_return Intent{};
      };
      co_return co_await session.call(scope, std::move(call));
    };
    co_await session.step(session.root(), named("s"), body);
  };
  CHECK(run.session(recipe).phase == RunPhase::interrupted);
  CHECK(run.world["pay"] == 0);
  CHECK(run.state().open_calls.empty());
}

TEST_CASE("nothing new starts once the session is being stopped") {
  StepRun run;
  const StepRun::Recipe recipe = [](Session& session) -> Task<void> {
    session.root().cancel->request(CancelReason::stop, StopLevel::interrupt);
    co_await session.step(session.root(), named("s"), returns(1));
  };
  CHECK(run.session(recipe).phase == RunPhase::interrupted);
  CHECK(run.state_of("s").empty());
}

}  // namespace
}  // namespace runbook
