// now, random, uuid, env: recorded, so that a replay sees what the first pass saw.

#include "tests/catch.h"
#include "tests/step/step_run.h"

namespace runbook {
namespace {

TEST_CASE("a recorded value is the same in every session and every attempt") {
  StepRun run;
  int drawn = 0;
  std::vector<int> seen;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    const auto draw = [&](Scope& scope, const std::string& function) {
      return session.value(scope, function, std::nullopt, [&] { return Json(++drawn); }).get<int>();
    };
    seen.push_back(draw(session.root(), "uuid"));
    seen.push_back(draw(session.root(), "uuid"));
    seen.push_back(draw(session.root(), "random"));
    StepSpec spec = named("s");
    spec.options.retry = {.attempts = 2, .initial = std::chrono::milliseconds(1)};
    spec.options.retry.on = {Code::recipe_failed};
    int bodies = 0;
    Body body = [&](Scope& scope) -> Task<Json> {
      seen.push_back(draw(scope, "uuid"));
      if (++bodies == 1 || run.sessions() == 1) {
        throw failure("again");
      }
      co_return nullptr;
    };
    co_await session.step(session.root(), spec, body);
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(seen == std::vector<int>{1, 2, 3, 4, 4, 1, 2, 3, 4, 4});
}

TEST_CASE("a named value does not depend on the order of the questions") {
  StepRun run;
  int drawn = 0;
  std::vector<int> seen;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    const auto draw = [&](std::optional<std::string> name) {
      const Json value =
          session.value(session.root(), "now", std::move(name), [&] { return Json(++drawn); });
      seen.push_back(value.get<int>());
    };
    if (run.sessions() > 1) {
      draw("second");
    }
    draw("first");
    draw("second");
    co_await session.step(session.root(), named("end"), raises("no"));
  };
  run.session(recipe);
  run.session(recipe);
  CHECK(seen == std::vector<int>{1, 2, 2, 1, 2});
}

TEST_CASE("each scope counts its own") {
  StepRun run;
  int drawn = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Scope group = session.group(session.root(), "g");
    const auto draw = [&](Scope& scope) {
      return session.value(scope, "uuid", std::nullopt, [&] { return Json(++drawn); }).get<int>();
    };
    CHECK(draw(session.root()) == 1);
    CHECK(draw(group) == 2);
    CHECK(draw(session.root()) == 3);
    co_return;
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.state().values.size() == 3);
}

TEST_CASE("where code only looks, values are live and not recorded") {
  StepRun run;
  int drawn = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Scope looking = session.root();
    looking.mode = Mode::look;
    for (int time = 1; time <= 2; ++time) {
      CHECK(session.value(looking, "now", std::nullopt, [&] { return Json(++drawn); }) ==
            Json(time));
    }
    co_return;
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.state().values.empty());
}

TEST_CASE("a rerun forgets the values of the step, and only those") {
  StepRun run;
  int drawn = 0;
  std::vector<int> seen;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    const auto draw = [&](Scope& scope) {
      seen.push_back(
          session.value(scope, "uuid", std::nullopt, [&] { return Json(++drawn); }).get<int>());
    };
    draw(session.root());
    Body body = [&](Scope& scope) -> Task<Json> {
      draw(scope);
      co_return nullptr;
    };
    co_await session.step(session.root(), named("s"), body);
    co_await session.step(session.root(), named("end"), run.fails_at_first());
  };
  run.session(recipe);
  run.rerun("s");
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(seen == std::vector<int>{1, 2, 1, 3});
}

}  // namespace
}  // namespace runbook
