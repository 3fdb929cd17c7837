// Attempts: which failures are tried again, and what the journal keeps of them.

#include "tests/catch.h"
#include "tests/step/step_run.h"

namespace runbook {
namespace {

StepSpec retried(const std::string& name, int attempts) {
  StepSpec spec = named(name);
  spec.options.retry.attempts = attempts;
  spec.options.retry.initial = std::chrono::milliseconds(1);
  return spec;
}

Body transient_until(int& bodies, int good) {
  return [&bodies, good](Scope&) -> Task<Json> {
    if (++bodies < good) {
      throw failure("busy").with_transient();
    }
    co_return bodies;
  };
}

TEST_CASE("a transient failure is tried again, every attempt in the journal") {
  StepRun run;
  int bodies = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = transient_until(bodies, 3);
    co_await session.step(session.root(), retried("a", 3), body);
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.journal() == std::vector<std::string>{"step.started a#1", "step.retrying a#1",
                                                  "step.started a#2", "step.retrying a#2",
                                                  "step.started a#3", "step.finished a#3"});
}

TEST_CASE("attempts are counted in all: retry = 2 gives up after the second") {
  StepRun run;
  int bodies = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = transient_until(bodies, 3);
    co_await session.step(session.root(), retried("a", 2), body);
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  CHECK(bodies == 2);
  CHECK(run.state_of("a") == "failed");
  INFO("a new session has all its attempts again");
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.attempts_of("a") == 3);
}

TEST_CASE("a definite failure is not tried again unless its number is listed") {
  StepRun run;
  int bodies = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&](Scope&) -> Task<Json> {
      ++bodies;
      throw failure("wrong");
      co_return 1;
    };
    const std::optional<Error> plain =
        co_await attempt(session, session.root(), retried("plain", 3), body);
    CHECK(plain.has_value());
    CHECK(bodies == 1);
    StepSpec listed = retried("listed", 3);
    listed.options.retry.on = {Code::recipe_failed};
    co_await attempt(session, session.root(), listed, body);
    CHECK(bodies == 4);
    StepSpec other = retried("other", 3);
    other.options.retry.on = {Code::process_failed};
    co_await attempt(session, session.root(), other, body);
    CHECK(bodies == 5);
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
}

TEST_CASE("a once call of a failed attempt is not repeated by the next one") {
  StepRun run;
  int bodies = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&](Scope& scope) -> Task<Json> {
      CallSpec first = run.call("first");
      const Json did = co_await session.call(scope, std::move(first));
      CallSpec second = run.call("second", Effect::once, [&] {
        if (++bodies == 1) {
          throw failure("definitely not").with_transient();
        }
      });
      co_await session.call(scope, std::move(second));
      co_return did;
    };
    co_await session.step(session.root(), retried("a", 2), body);
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.world["first"] == 1);
  CHECK(run.world["second"] == 2);
  CHECK(run.result_of("a") == Json{{"did", "first"}});
}

TEST_CASE("a cancellation during the pause between attempts leaves no step waiting") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    std::vector<FanOutItem> items(2);
    items[0].step = retried("busy", 5);
    items[0].step.options.retry.initial = std::chrono::seconds(30);
    items[0].body = [](Scope&) -> Task<Json> {
      throw failure("busy").with_transient();
      co_return 1;
    };
    items[1].step = named("bad");
    items[1].body = [&](Scope& scope) -> Task<Json> {
      co_await session.loop().sleep(std::chrono::milliseconds(5), scope.cancel);
      throw failure("bad");
      co_return 1;
    };
    FanOutSpec fan;
    fan.segment = "f";
    co_await session.fan_out(session.root(), fan, std::move(items));
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  CHECK(run.state_of("f/busy") == "cancelled");
  CHECK(run.state_of("f/bad") == "failed");
}

}  // namespace
}  // namespace runbook
