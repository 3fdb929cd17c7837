// Renamed and removed steps (design §3.1).

#include "tests/catch.h"
#include "tests/step/step_run.h"

namespace runbook {
namespace {

/// A step of this name and body, then one that fails in the first session.
StepRun::Recipe one_step(StepRun& run, StepSpec spec) {
  return [&run, spec](Session& session) -> Task<void> {
    Body body = calls(session, [&] { return run.call("pay"); });
    co_await session.step(session.root(), spec, body);
    co_await session.step(session.root(), named("end", 99), run.fails_at_first());
  };
}

TEST_CASE("a new step with the body of a finished one that nobody asks for stops the run") {
  StepRun run;
  run.session(one_step(run, named("old", 5)));
  const StepRun::End end = run.session(one_step(run, named("new", 5)));
  CHECK(end.phase == RunPhase::interrupted);
  const Error error = end.error.value_or(failure(""));
  CHECK(error.code == Code::step_renamed);
  CHECK(error.path == "new");
  CHECK(error.hint.find("renamed_from = \"old\"") != std::string::npos);
  CHECK(error.hint.find("--accept-new") != std::string::npos);
  CHECK(run.world["pay"] == 1);

  SECTION("renamed_from keeps the result and the history") {
    StepSpec spec = named("new", 5);
    spec.options.renamed_from = "old";
    CHECK(run.session(one_step(run, spec)).phase == RunPhase::ok);
    CHECK(run.world["pay"] == 1);
    CHECK(run.result_of("new") == Json{{"did", "pay"}});
  }
  SECTION("--accept-new runs it as a step of its own") {
    SessionSettings settings;
    settings.accept_new = true;
    CHECK(run.session(one_step(run, named("new", 5)), settings).phase == RunPhase::ok);
    CHECK(run.world["pay"] == 2);
  }
}

TEST_CASE("another body, or none, is a new step and not a rename") {
  StepRun run;
  run.session(one_step(run, named("old", 5)));
  const std::int64_t hash = GENERATE(6, 0);
  CHECK(run.session(one_step(run, named("new", hash))).phase == RunPhase::ok);
  CHECK(run.world["pay"] == 2);
}

TEST_CASE("a renamed parent takes its children along, into a group as well") {
  StepRun run;
  const auto recipe = [&](const std::string& name, const std::string& from) -> StepRun::Recipe {
    return [&run, name, from](Session& session) -> Task<void> {
      Scope group = session.group(session.root(), "g");
      StepSpec outer = named(name);
      outer.options.renamed_from = from;
      Body body = [&](Scope& scope) -> Task<Json> {
        Body send = calls(session, [&] { return run.call("pay"); });
        co_await session.step(scope, named("inner"), send);
        co_return run.sessions() > 1 ? Json("done") : throw failure("no");
      };
      co_await session.step(group, outer, body);
    };
  };
  CHECK(run.session(recipe("old", "")).phase == RunPhase::failed);
  CHECK(run.session(recipe("new", "old")).phase == RunPhase::ok);
  CHECK(run.world["pay"] == 1);
  CHECK(run.state_of("g/new/inner") == "ok");
  CHECK(run.state_of("g/old/inner").empty());
}

TEST_CASE("renamed_from may stay in the recipe: a fresh run and a later resume are not disturbed") {
  StepRun run;
  StepSpec spec = named("new", 5);
  spec.options.renamed_from = "old";
  CHECK(run.session(one_step(run, spec)).phase == RunPhase::failed);
  CHECK(run.session(one_step(run, spec)).phase == RunPhase::ok);
  CHECK(run.world["pay"] == 1);
}

}  // namespace
}  // namespace runbook
