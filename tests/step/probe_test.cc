// A call that was cut off is examined: by the step's own probe, by the primitive's, or by nobody.

#include "tests/catch.h"
#include "tests/step/step_run.h"

namespace runbook {
namespace {

CallProbe finds(const Outcome& outcome) {
  return
      [outcome](const CallState&, CancelPtr) -> Task<std::optional<Outcome>> { co_return outcome; };
}

/// A step `s` of one once call that dies in it in the first session: after the effect, or before.
StepRun::Recipe cut_off(StepRun& run, bool happened, StepSpec spec = named("s")) {
  return [&run, happened, spec](Session& session) -> Task<void> {
    Body body = [&](Scope& scope) -> Task<Json> {
      CallSpec call = run.call("pay");
      if (run.sessions() == 1) {
        call.run = [&](CancelPtr, std::vector<Json>, CallSpec::Amend) -> Task<Json> {
          run.world["pay"] += happened ? 1 : 0;
          throw Crash();
          co_return nullptr;
        };
      }
      const Json result = co_await session.call(scope, std::move(call));
      co_return Json{{"paid", result}};
    };
    const RawJson result = co_await session.step(session.root(), spec, body);
    CHECK(result == session.state().find_step("s")->value);
  };
}

TEST_CASE("without a probe nobody can tell: the run stops as unknown and nothing acts") {
  StepRun run;
  const StepRun::Recipe recipe = cut_off(run, true);
  CHECK(run.session(recipe).phase == RunPhase::running);
  const StepRun::End end = run.session(recipe);
  CHECK(end.phase == RunPhase::unknown);
  CHECK(end.error.value_or(failure("")).code == Code::outcome_unknown);
  CHECK(run.session(recipe).phase == RunPhase::unknown);
  CHECK(run.world["pay"] == 1);
  CHECK(run.count_of("step.started s#1") == 1);
  CHECK(run.attempts_of("s") == 1);
}

TEST_CASE("a primitive's probe settles it both ways") {
  StepRun run;
  SECTION("it happened: the body gets its result without acting") {
    const StepRun::Recipe recipe = cut_off(run, true);
    run.session(recipe);
    run.probe_call = finds(Outcome::done("receipt"));
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.result_of("s") == Json{{"paid", "receipt"}});
  }
  SECTION("it did not: the body acts") {
    const StepRun::Recipe recipe = cut_off(run, false);
    run.session(recipe);
    run.probe_call = finds(Outcome::not_done());
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.result_of("s") == Json::parse(R"({"paid":{"did":"pay"}})"));
  }
  SECTION("it failed: a recorded end, so the body acts") {
    const StepRun::Recipe recipe = cut_off(run, false);
    run.session(recipe);
    run.probe_call = finds(Outcome::failed(failure("reverted")));
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.state().calls[0].end == CallState::End::failed);
    CHECK(run.state().calls[0].error["message"] == "reverted");
  }
  CHECK(run.world["pay"] == 1);
}

TEST_CASE("an effect still in progress is waited for, and the operator is told") {
  StepRun run;
  const StepRun::Recipe recipe = cut_off(run, true);
  run.session(recipe);
  int looks = 0;
  run.probe_call = [&](const CallState&, CancelPtr) -> Task<std::optional<Outcome>> {
    if (++looks == 1) {
      co_return Outcome::in_progress("0 of 3 confirmations");
    }
    co_return Outcome::done("receipt");
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(looks == 2);
  REQUIRE(run.notices.size() == 1);
  CHECK(run.notices[0].find("0 of 3 confirmations") != std::string::npos);
}

TEST_CASE("in progress beyond the step's timeout is unknown") {
  StepRun run;
  StepSpec spec = named("s");
  spec.options.timeout = std::chrono::milliseconds(500);
  const StepRun::Recipe recipe = cut_off(run, true, spec);
  run.session(recipe);
  run.probe_call = finds(Outcome::in_progress("pending"));
  const StepRun::End end = run.session(recipe);
  CHECK(end.phase == RunPhase::unknown);
  CHECK(end.error.value_or(failure("")).message.find("pending") != std::string::npos);
}

TEST_CASE("a step's own probe yields the step's result, and the primitive is not asked") {
  StepRun run;
  int asked = 0;
  run.probe_call = [&](const CallState&, CancelPtr) -> Task<std::optional<Outcome>> {
    ++asked;
    co_return Outcome::cannot_tell("never");
  };
  Json given;
  Outcome outcome;
  StepSpec spec = named("s");
  spec.options.probe = [&](Scope& scope, Json intents) -> Task<Outcome> {
    CHECK(scope.mode == Mode::look);
    given = std::move(intents);
    co_return outcome;
  };
  SECTION("done") {
    const StepRun::Recipe recipe = cut_off(run, true, spec);
    run.session(recipe);
    outcome = Outcome::done("balance is right");
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.result_of("s") == Json("balance is right"));
    CHECK(run.world["pay"] == 1);
    CHECK(run.state().open_calls.empty());
    CHECK(run.attempts_of("s") == 1);
  }
  SECTION("not done") {
    const StepRun::Recipe recipe = cut_off(run, false, spec);
    run.session(recipe);
    outcome = Outcome::not_done();
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.world["pay"] == 1);
  }
  SECTION("failed") {
    const StepRun::Recipe recipe = cut_off(run, false, spec);
    run.session(recipe);
    outcome = Outcome::failed(failure("out of money"));
    const StepRun::End end = run.session(recipe);
    CHECK(end.phase == RunPhase::failed);
    CHECK(end.error.value_or(failure("")).message == "out of money");
    CHECK(end.error.value_or(failure("")).path == "s");
    CHECK(run.world["pay"] == 0);
  }
  SECTION("cannot tell") {
    const StepRun::Recipe recipe = cut_off(run, true, spec);
    run.session(recipe);
    outcome = Outcome::cannot_tell("the node is down");
    const StepRun::End end = run.session(recipe);
    CHECK(end.phase == RunPhase::unknown);
    CHECK(end.error.value_or(failure("")).message.find("the node is down") != std::string::npos);
    CHECK(run.world["pay"] == 1);
  }
  CHECK(asked == 0);
  REQUIRE(given.size() == 1);
  CHECK(given[0]["primitive"] == "world.send");
  CHECK(given[0]["arguments"] == Json{{"name", "pay"}});
}

TEST_CASE("a step's probe never closes an intent that names a resource: its primitive does") {
  StepRun run;
  int asked = 0;
  StepSpec spec = named("s");
  spec.options.probe = [](Scope&, Json) -> Task<Outcome> { co_return Outcome::not_done(); };
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&](Scope& scope) -> Task<Json> {
      CallSpec call = run.call("pay", Effect::once, [&] {
        if (run.sessions() == 1) {
          throw Crash();
        }
      });
      call.prepare = [](CancelPtr) -> Task<Intent> {
        Intent intent;
        intent.resource = "eth/1/0xabc";
        co_return intent;
      };
      co_return co_await session.call(scope, std::move(call));
    };
    co_await session.step(session.root(), spec, body);
  };
  run.session(recipe);
  run.probe_call = [&](const CallState& call, CancelPtr) -> Task<std::optional<Outcome>> {
    ++asked;
    CHECK(call.resource == "eth/1/0xabc");
    co_return Outcome::done("mined");
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(asked == 1);
  CHECK(run.world["pay"] == 1);
  CHECK(run.result_of("s") == Json("mined"));
}

TEST_CASE("what uses up a resource and cannot happen any more is ended by a person's word") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&](Scope& scope) -> Task<Json> {
      CallSpec call = run.call("pay", Effect::once, [&] {
        if (run.sessions() == 1) {
          throw Crash();
        }
      });
      call.prepare = [](CancelPtr) -> Task<Intent> {
        Intent intent;
        intent.resource = "eth/1/0xabc";
        co_return intent;
      };
      co_return co_await session.call(scope, std::move(call));
    };
    co_await session.step(session.root(), named("s"), body);
  };
  Outcome cancelled = Outcome::cannot_tell("somebody cancelled it");
  run.session(recipe);
  run.probe_call = finds(cancelled);
  CHECK(run.session(recipe).phase == RunPhase::unknown);
  SECTION("not while it can still happen") {
    run.mark("s", State::ok, "paid");
    CHECK(run.session(recipe).phase == RunPhase::unknown);
  }
  cancelled.is_over = true;
  run.probe_call = finds(cancelled);
  SECTION("not before somebody said something") {
    CHECK(run.session(recipe).phase == RunPhase::unknown);
    CHECK(run.world["pay"] == 1);
  }
  SECTION("marked done: it is not done again") {
    run.mark("s", State::ok, "paid");
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.world["pay"] == 1);
  }
  SECTION("run again: it acts anew") {
    run.rerun("s");
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.world["pay"] == 2);
  }
}

TEST_CASE("the author may say what an unknown outcome means") {
  StepRun run;
  StepSpec spec = named("s");
  SECTION("idempotent: run again, no probe is asked") {
    spec.options.idempotent = true;
    run.probe_call = finds(Outcome::cannot_tell("must not be asked"));
    const StepRun::Recipe recipe = cut_off(run, true, spec);
    run.session(recipe);
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.world["pay"] == 2);
  }
  SECTION("on_unknown = rerun: run again when nobody can tell") {
    spec.options.on_unknown = OnUnknown::rerun;
    const StepRun::Recipe recipe = cut_off(run, true, spec);
    run.session(recipe);
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.world["pay"] == 2);
  }
  SECTION("on_unknown = rerun, but the probe can tell") {
    spec.options.on_unknown = OnUnknown::rerun;
    run.probe_call = finds(Outcome::done("receipt"));
    const StepRun::Recipe recipe = cut_off(run, true, spec);
    run.session(recipe);
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.world["pay"] == 1);
  }
  SECTION("on_unknown = fail: a failure of the step, which the recipe may handle") {
    spec.options.on_unknown = OnUnknown::fail;
    const StepRun::Recipe recipe = cut_off(run, true, spec);
    run.session(recipe);
    const StepRun::End end = run.session(recipe);
    CHECK(end.phase == RunPhase::failed);
    CHECK(end.error.value_or(failure("")).code == Code::outcome_unknown);
    CHECK(run.state_of("s") == "failed");
    CHECK(run.state().open_calls.empty());
    CHECK(run.world["pay"] == 1);
  }
  SECTION("on_unknown = fail, and the step's own probe cannot tell either") {
    spec.options.on_unknown = OnUnknown::fail;
    spec.options.probe = [](Scope&, const Json&) -> Task<Outcome> {
      Outcome outcome = Outcome::cannot_tell("nobody looked");
      co_return outcome;
    };
    const StepRun::Recipe recipe = cut_off(run, true, spec);
    run.session(recipe);
    CHECK(run.session(recipe).phase == RunPhase::failed);
    CHECK(run.world["pay"] == 1);
  }
}

TEST_CASE("a call that ended without a known outcome is examined in the same session") {
  StepRun run;
  int looks = 0;
  Outcome found;
  run.probe_call = [&](const CallState&, CancelPtr) -> Task<std::optional<Outcome>> {
    ++looks;
    co_return found;
  };
  StepSpec spec = named("s");
  bool lose = true;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&](Scope& scope) -> Task<Json> {
      CallSpec call = run.call("pay");
      call.run = [&](CancelPtr, std::vector<Json>, CallSpec::Amend) -> Task<Json> {
        const bool happens = found.kind != Outcome::Kind::not_done || !lose;
        run.world["pay"] += happens ? 1 : 0;
        if (std::exchange(lose, false)) {
          throw Error(Code::http_request_lost, "no answer")
              .with_transient()
              .with_effect(EffectDone::unknown);
        }
        co_return "fresh";
      };
      co_return co_await session.call(scope, std::move(call));
    };
    co_await session.step(session.root(), spec, body);
  };
  SECTION("it happened: the body goes on with what the probe found, no attempt is spent") {
    found = Outcome::done("found");
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.result_of("s") == Json("found"));
    CHECK(run.world["pay"] == 1);
    CHECK(run.count_of("step.retrying s#1") == 0);
  }
  SECTION("it did not, and there are no more attempts: the step has failed") {
    found = Outcome::not_done();
    const StepRun::End end = run.session(recipe);
    CHECK(end.phase == RunPhase::failed);
    CHECK(end.error.value_or(failure("")).code == Code::http_request_lost);
    CHECK(run.world["pay"] == 0);
  }
  SECTION("it did not, and the step may be retried") {
    spec.options.retry = {.attempts = 2, .initial = std::chrono::milliseconds(1)};
    found = Outcome::not_done();
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.world["pay"] == 1);
    CHECK(run.result_of("s") == Json("fresh"));
  }
  SECTION("nobody can tell: unknown, whatever retry says") {
    spec.options.retry = {.attempts = 3, .initial = std::chrono::milliseconds(1)};
    found = Outcome::cannot_tell("no receipt");
    CHECK(run.session(recipe).phase == RunPhase::unknown);
    CHECK(run.world["pay"] == 1);
  }
  CHECK(looks == 1);
}

TEST_CASE("mark and --rerun settle an unknown step") {
  StepRun run;
  const StepRun::Recipe recipe = cut_off(run, true);
  run.session(recipe);
  CHECK(run.session(recipe).phase == RunPhase::unknown);
  SECTION("mark done") {
    run.mark("s", State::ok, Json{{"paid", "by hand"}});
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.result_of("s") == Json{{"paid", "by hand"}});
    CHECK(run.world["pay"] == 1);
  }
  SECTION("mark failed") {
    run.mark("s", State::failed, failure("it did not").to_json());
    const StepRun::End end = run.session(recipe);
    CHECK(end.phase == RunPhase::failed);
    CHECK(end.error.value_or(failure("")).message == "it did not");
    CHECK(run.world["pay"] == 1);
  }
  SECTION("--rerun") {
    run.rerun("s");
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(run.world["pay"] == 2);
  }
}

}  // namespace
}  // namespace runbook
