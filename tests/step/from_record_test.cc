// A session that executes nothing: how far a record leads a recipe, and which undo functions are
// met on the way.

#include <set>

#include "tests/catch.h"
#include "tests/step/step_run.h"

namespace runbook {
namespace {

SessionSettings only_replay(bool collect_undos = false) {
  SessionSettings settings;
  settings.replay_only = true;
  settings.collect_undos = collect_undos;
  return settings;
}

StepSpec undoable(const std::string& name) {
  StepSpec spec = named(name);
  spec.options.undo = [](Scope&, RawJson) -> Task<Json> { co_return nullptr; };
  return spec;
}

/// Goes through the recipe without executing anything: how it was left, and what it met.
struct Led {
  bool record_ends = false;
  std::optional<Error> error;
  std::set<std::string> undos;
};

Led lead(StepRun& run, const StepRun::Recipe& recipe) {
  Led led;
  const std::size_t before = run.journal().size();
  const StepRun::Recipe leading = [&](Session& session) -> Task<void> {
    try {
      co_await recipe(session);
    } catch (const RecordEnds&) {
      led.record_ends = true;
    } catch (const Error& error) {
      led.error = error;
    }
    for (const auto& [path, function] : session.undos()) {
      led.undos.insert(path);
    }
  };
  run.session(leading, only_replay(true));
  CHECK(run.journal().size() == before);
  return led;
}

Task<void> step_of(Session& session, Scope& scope, StepSpec spec, Body body) {
  co_await session.step(scope, std::move(spec), std::move(body));
}

/// A body with the steps `names` in it, each undoable; `before` goes first.
Body with_steps(Session& session, std::vector<std::string> names, Body before = {}) {
  return
      [&session, names = std::move(names), before = std::move(before)](Scope& scope) -> Task<Json> {
        if (before) {
          co_await before(scope);
        }
        for (const std::string& name : names) {
          Body work = returns(1);
          co_await step_of(session, scope, undoable(name), std::move(work));
        }
        co_return 1;
      };
}

TEST_CASE("A recipe that only follows its record is left at the first request without an end") {
  StepRun run;
  bool reached = false;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body first = calls(session, [&run] { return run.call("first"); });
    co_await step_of(session, session.root(), named("first"), std::move(first));
    reached = true;
    Body second = raises("no");
    co_await step_of(session, session.root(), named("second"), std::move(second));
  };
  run.session(recipe);
  reached = false;
  const Led led = lead(run, recipe);
  CHECK(reached);
  CHECK(led.record_ends);
  CHECK(run.world["first"] == 1);
  CHECK(run.attempts_of("second") == 1);
}

TEST_CASE("No pcall keeps a recipe going where its record ends") {
  StepRun run;
  bool went_on = false;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = raises("no");
    co_await attempt(session, session.root(), named("only"), std::move(body));
    went_on = true;
    throw failure("no");
  };
  run.session(recipe);
  went_on = false;
  CHECK(lead(run, recipe).record_ends);
  CHECK_FALSE(went_on);
}

TEST_CASE("A handled failure is followed like any other recorded end") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = raises("no");
    co_await attempt(session, session.root(), named("handled"), std::move(body));
    Body work = returns(1);
    co_await step_of(session, session.root(), undoable("after"), std::move(work));
  };
  run.session(recipe);
  const Led led = lead(run, recipe);
  CHECK_FALSE(led.record_ends);
  CHECK(led.undos == std::set<std::string>{"after"});
}

TEST_CASE("Siblings whose record goes on are followed, whatever became of the others") {
  StepRun run;
  const std::size_t jobs = GENERATE(std::size_t{1}, std::size_t{0});
  const bool keep_going = GENERATE(true, false);
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    std::vector<FanOutItem> items;
    for (const char* name : {"a", "bad", "c"}) {
      FanOutItem item{undoable(name),
                      std::string(name) == "bad" ? raises("no") : with_steps(session, {"inner"})};
      item.step.kind = Kind::item;
      items.push_back(std::move(item));
    }
    FanOutSpec spec{.segment = "each", .jobs = jobs, .keep_going = keep_going};
    co_await session.fan_out(session.root(), std::move(spec), std::move(items));
  };
  run.session(recipe);
  const Led led = lead(run, recipe);
  CHECK(led.record_ends);
  CHECK(led.undos.contains("each/a/inner"));
  CHECK(led.undos.contains("each/c/inner") == (run.state_of("each/c") == "ok"));
}

TEST_CASE("Finished items of a fan-out that failed and was handled are followed too") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    std::vector<FanOutItem> items;
    for (const char* name : {"a", "bad"}) {
      FanOutItem item{undoable(name), std::string(name) == "bad" ? raises("no") : returns(1)};
      item.step.kind = Kind::item;
      items.push_back(std::move(item));
    }
    FanOutSpec spec{.segment = "each", .jobs = 1, .keep_going = false};
    std::optional<Error> caught;
    try {
      co_await session.fan_out(session.root(), std::move(spec), std::move(items));
    } catch (const Error& error) {
      caught = error;
    }
    CHECK(caught->message == "no");
    Body work = returns(1);
    co_await step_of(session, session.root(), undoable("after"), std::move(work));
  };
  run.session(recipe);
  const Led led = lead(run, recipe);
  CHECK_FALSE(led.record_ends);
  CHECK(led.undos == std::set<std::string>{"each/a", "each/bad", "after"});
}

TEST_CASE("The body of a finished step is entered for the undo functions in it, and does nothing") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body sends = calls(session, [&run] { return run.call("sent"); });
    Body body = with_steps(session, {"x", "y"}, std::move(sends));
    co_await step_of(session, session.root(), named("parent"), std::move(body));
  };
  run.session(recipe);
  const Led led = lead(run, recipe);
  CHECK(led.undos == std::set<std::string>{"parent/x", "parent/y"});
  CHECK(run.world["sent"] == 1);
}

TEST_CASE("A body is entered no further than its record: what has no recorded result ends it") {
  StepRun run;
  const Effect effect = GENERATE(Effect::read, Effect::idempotent);
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body looks = calls(session, [&run, effect] { return run.call("looked", effect); });
    Body body = with_steps(session, {"x"}, std::move(looks));
    co_await step_of(session, session.root(), named("parent"), std::move(body));
    Body work = returns(1);
    co_await step_of(session, session.root(), undoable("after"), std::move(work));
  };
  run.session(recipe);
  const Led led = lead(run, recipe);
  CHECK_FALSE(led.record_ends);  // the parent itself has its end
  CHECK(led.undos == std::set<std::string>{"after"});
  CHECK(run.world["looked"] == 1);
}

TEST_CASE("A step that failed is entered for what finished in it, and is where the record ends") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&session](Scope& scope) -> Task<Json> {
      Body steps = with_steps(session, {"x"});
      co_await steps(scope);
      throw failure("no");
    };
    co_await step_of(session, session.root(), undoable("parent"), std::move(body));
  };
  run.session(recipe);
  const Led led = lead(run, recipe);
  CHECK(led.record_ends);
  CHECK(led.undos == std::set<std::string>{"parent", "parent/x"});
}

TEST_CASE("Waits and sleeps that are over are followed, others are not begun") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    co_await session.sleep(session.root(), named("nap"), std::chrono::milliseconds(1));
    WaitSpec wait;
    wait.timeout = std::chrono::milliseconds(0);
    Look never = [&run](Scope&) -> Task<std::optional<Json>> {
      ++run.world["looks"];
      co_return std::nullopt;
    };
    co_await session.wait_until(session.root(), named("wait"), std::move(wait), std::move(never));
  };
  run.session(recipe);
  const int looks = run.world["looks"];
  CHECK(lead(run, recipe).record_ends);
  CHECK(run.world["looks"] == looks);
}

TEST_CASE("Recorded values are given again, others are not recorded") {
  StepRun run;
  Json first;
  Json second;
  bool more = false;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    first = session.value(session.root(), "uuid", std::nullopt, [] { return Json("one"); });
    if (more) {
      second = session.value(session.root(), "uuid", std::nullopt, [] { return Json("two"); });
    }
    co_return;
  };
  run.session(recipe);
  more = true;
  const std::size_t values = run.state().values.size();
  const StepRun::Recipe again = [&](Session& session) -> Task<void> { co_await recipe(session); };
  run.session(again, only_replay());
  CHECK(first == "one");
  CHECK(second == "two");
  CHECK(run.state().values.size() == values);
}

TEST_CASE("After the replay a session executes like any other") {
  StepRun run;
  const StepRun::Recipe fails = [&](Session& session) -> Task<void> {
    Body body = raises("no");
    co_await step_of(session, session.root(), named("step"), std::move(body));
  };
  run.session(fails);
  const StepRun::Recipe ends = [&](Session& session) -> Task<void> {
    CHECK(session.replays_only());
    session.end_replay();
    Scope scope = session.root();
    scope.path = "finally";
    Body body = calls(session, [&run] { return run.call("tidied"); });
    co_await step_of(session, scope, named("1"), std::move(body));
  };
  run.session(ends, only_replay());
  CHECK(run.world["tidied"] == 1);
  CHECK(run.state_of("finally/1") == "ok");
}

}  // namespace
}  // namespace runbook
