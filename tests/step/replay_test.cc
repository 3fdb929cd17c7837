// From request to recorded end, and back from the record.

#include "tests/catch.h"
#include "tests/step/step_run.h"

namespace runbook {
namespace {

TEST_CASE("a finished step returns its record and its body does not run again") {
  StepRun run;
  int bodies = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&bodies](Scope&) -> Task<Json> {
      ++bodies;
      co_return Json{{"n", bodies}};
    };
    const RawJson first = co_await session.step(session.root(), named("a"), body);
    CHECK(first.parse() == Json{{"n", 1}});
    co_await session.step(session.root(), named("b"), raises("later"));
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  CHECK(run.session(recipe).phase == RunPhase::failed);
  CHECK(bodies == 1);
  CHECK(run.attempts_of("a") == 1);
  CHECK(run.attempts_of("b") == 2);
}

TEST_CASE(
    "the quick path finds a finished step, counts as a request and refuses nothing silently") {
  StepRun run;
  const StepRun::Recipe first = [](Session& session) -> Task<void> {
    CHECK_FALSE(session.replay(session.root(), named("a")).has_value());
    co_await session.step(session.root(), named("a"), returns(7));
    co_await session.step(session.root(), named("b"), raises("no"));
  };
  CHECK(run.session(first).phase == RunPhase::failed);
  const StepRun::Recipe second = [](Session& session) -> Task<void> {
    const std::optional<RawJson> replayed = session.replay(session.root(), named("a"));
    CHECK(replayed.has_value());
    CHECK(replayed.value_or(RawJson()).parse() == Json(7));
    CHECK_FALSE(session.replay(session.root(), named("a")).has_value());
    const std::optional<Error> again =
        co_await attempt(session, session.root(), named("a"), returns(8));
    CHECK(again.has_value());
    CHECK(again.value_or(failure("")).code == Code::step_name_taken);
  };
  CHECK(run.session(second).phase == RunPhase::ok);
}

TEST_CASE("a name is unique within one attempt of what encloses it, and free in the next one") {
  StepRun run;
  int outer_bodies = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    StepSpec outer = named("outer");
    outer.options.retry = {.attempts = 2, .initial = std::chrono::milliseconds(1)};
    outer.options.retry.on = {Code::recipe_failed};
    Body body = [&](Scope& scope) -> Task<Json> {
      const RawJson inner = co_await session.step(scope, named("inner"), returns(1));
      if (++outer_bodies == 1) {
        throw failure("first");
      }
      co_return inner.parse();
    };
    co_await session.step(session.root(), outer, body);
    co_await session.step(session.root(), named("inner"), returns(2));
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.attempts_of("outer/inner") == 1);
  CHECK(run.attempts_of("inner") == 1);
}

TEST_CASE("names the session keeps for itself are refused, deeper down they are anyone's") {
  StepRun run;
  const StepRun::Recipe recipe = [](Session& session) -> Task<void> {
    for (const char* name : {"finally", "on_fail", "undo"}) {
      const std::optional<Error> refused =
          co_await attempt(session, session.root(), named(name), returns(1));
      CHECK(refused.has_value());
      CHECK(refused.value_or(failure("")).code == Code::step_name_invalid);
    }
    Scope deploy = session.group(session.root(), "deploy");
    co_await session.step(deploy, named("finally"), returns(1));
    Scope ending = session.root();
    ending.path = "finally";
    StepSpec spec = named("1");
    spec.kind = Kind::finally;
    Body body = [&](Scope& scope) -> Task<Json> {
      co_await session.step(scope, named("inner"), returns(1));
      co_return nullptr;
    };
    co_await session.step(ending, spec, body);
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.state_of("finally/1/inner") == "ok");
  CHECK(run.state_of("deploy/finally") == "ok");
}

TEST_CASE("a group is a prefix: its steps belong to the enclosing attempt") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Scope group = session.group(session.root(), "g");
    co_await session.step(group, named("a"), returns(1));
    bool refused = false;
    try {
      session.group(session.root(), "g");
    } catch (const Error& error) {
      refused = error.code == Code::step_name_taken;
    }
    CHECK(refused);
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.state_of("g/a") == "ok");
  CHECK(run.state().find_step("g") == nullptr);
}

TEST_CASE("a parent that is attempted again replays its finished children") {
  StepRun run;
  bool fail = true;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&](Scope& scope) -> Task<Json> {
      Body send = calls(session, [&] { return run.call("a"); });
      co_await session.step(scope, named("one"), send);
      Body second = returns("two");
      if (fail) {
        second = raises("not yet");
      }
      const RawJson two = co_await session.step(scope, named("two"), second);
      co_return two.parse();
    };
    co_await session.step(session.root(), named("outer"), body);
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  CHECK(run.state_of("outer") == "failed");
  fail = false;
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.world["a"] == 1);
  CHECK(run.attempts_of("outer/one") == 1);
  CHECK(run.attempts_of("outer/two") == 2);
  CHECK(run.result_of("outer") == Json("two"));
}

TEST_CASE("an error that leaves a step carries the path of the step that failed") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&](Scope& scope) -> Task<Json> {
      co_await session.step(scope, named("inner"), raises("deep"));
      co_return nullptr;
    };
    co_await session.step(session.root(), named("outer"), body);
  };
  const StepRun::End end = run.session(recipe);
  REQUIRE(end.error.has_value());
  CHECK(end.error->path == "outer/inner");
  CHECK(end.error->message == "deep");
}

TEST_CASE("a result above 1 MiB is refused, once, and the step has failed") {
  StepRun run;
  const StepRun::Recipe recipe = [](Session& session) -> Task<void> {
    co_await session.step(session.root(), named("big"), returns(std::string(1 << 20, 'x')));
  };
  const StepRun::End end = run.session(recipe);
  REQUIRE(end.error.has_value());
  CHECK(end.error->code == Code::result_too_large);
  CHECK(run.state_of("big") == "failed");
  CHECK(run.count_of("step.finished big#1") == 1);
}

TEST_CASE("skip ends the innermost step with no result, and stays so") {
  StepRun run;
  int bodies = 0;
  bool fail = true;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&](Scope&) -> Task<Json> {
      ++bodies;
      throw Skipped("not needed");
      co_return 1;
    };
    const RawJson skipped = co_await session.step(session.root(), named("a"), body);
    CHECK(skipped.parse() == Json());
    co_await session.step(session.root(), named("b"), fails_if(fail));
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  fail = false;
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(bodies == 1);
  CHECK(run.state_of("a") == "skipped");
}

TEST_CASE(
    "what happens before the first action of a resumed session happens once, and not while "
    "replaying") {
  StepRun run;
  int prepared = 0;
  run.before_first_action = [&]() -> Task<void> {
    ++prepared;
    co_return;
  };
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    co_await session.step(session.root(), named("a"), returns(1));
    if (run.sessions() > 1) {
      CHECK(prepared == 0);
      CHECK(session.replaying());
    }
    const std::optional<Error> failed =
        co_await attempt(session, session.root(), named("b"), raises("no"));
    CHECK_FALSE(session.replaying());
    throw failed.value_or(failure(""));
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  CHECK(prepared == 0);
  CHECK(run.session(recipe).phase == RunPhase::failed);
  CHECK(prepared == 1);
}

TEST_CASE("a step whose parent died with it is attempted again") {
  StepRun run;
  bool crash = true;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&](Scope& scope) -> Task<Json> {
      Body inner = [&](Scope&) -> Task<Json> {
        if (crash) {
          throw Crash();
        }
        co_return 1;
      };
      const RawJson value = co_await session.step(scope, named("inner"), inner);
      co_return value.parse();
    };
    co_await session.step(session.root(), named("outer"), body);
  };
  CHECK(run.session(recipe).phase == RunPhase::running);
  CHECK(run.state_of("outer/inner") == "running");
  crash = false;
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.attempts_of("outer") == 2);
  CHECK(run.attempts_of("outer/inner") == 2);
}

TEST_CASE("drift tells what is kept and whose body changed") {
  StepRun run;
  std::int64_t hash = 11;
  bool fail = true;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    co_await session.step(session.root(), named("a", hash), returns(1));
    co_await session.step(session.root(), named("b", 5), returns(1));
    co_await session.step(session.root(), named("c"), fails_if(fail));
    if (!fail) {
      CHECK(session.drift().kept == std::vector<std::string>{"a", "b"});
      CHECK(session.drift().changed == std::vector<std::string>{"a"});
    }
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  hash = 12;
  fail = false;
  CHECK(run.session(recipe).phase == RunPhase::ok);
}

}  // namespace
}  // namespace runbook
