// each and parallel: items are steps of their own.

#include "tests/catch.h"
#include "tests/step/step_run.h"

namespace runbook {
namespace {

using std::chrono::milliseconds;

struct Item {
  std::string name;
  Body body;
};

Task<std::vector<RawJson>> fan_out(Session& session, std::vector<Item> list, FanOutSpec fan) {
  std::vector<FanOutItem> items;
  for (Item& item : list) {
    FanOutItem& added = items.emplace_back();
    added.step = named(item.name);
    added.step.kind = Kind::item;
    added.body = std::move(item.body);
  }
  fan.segment = "f";
  co_return co_await session.fan_out(session.root(), fan, std::move(items));
}

Body fails_after(Session& session, milliseconds delay, const std::string& message) {
  return [&session, delay, message](Scope&) -> Task<Json> {
    co_await session.loop().sleep(delay, nullptr);
    throw failure(message);
    co_return nullptr;
  };
}

TEST_CASE("results come in the order of the items, whoever was first") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    std::vector<Item> items;
    items.push_back({"slow", [&](Scope& scope) -> Task<Json> {
                       co_await session.loop().sleep(milliseconds(10), scope.cancel);
                       co_return "slow";
                     }});
    items.push_back({"fast", returns("fast")});
    const std::vector<RawJson> results = co_await fan_out(session, std::move(items), FanOutSpec());
    CHECK(results == std::vector<RawJson>{RawJson("\"slow\""), RawJson("\"fast\"")});
    std::vector<Item> none;
    FanOutSpec empty;
    empty.segment = "empty";
    const std::vector<RawJson> nothing = co_await session.fan_out(session.root(), empty, {});
    CHECK(nothing.empty());
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
}

TEST_CASE("jobs limits how many run at once") {
  StepRun run;
  std::size_t running = 0;
  std::size_t most = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    std::vector<Item> items;
    for (int number = 0; number < 9; ++number) {
      items.push_back({std::to_string(number), [&](Scope& scope) -> Task<Json> {
                         most = std::max(most, ++running);
                         co_await session.loop().sleep(milliseconds(1), scope.cancel);
                         --running;
                         co_return 1;
                       }});
    }
    FanOutSpec fan;
    fan.jobs = 3;
    co_await fan_out(session, std::move(items), fan);
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(most == 3);
}

TEST_CASE(
    "the first failure is raised, its siblings are cancelled, and what never began is not "
    "recorded") {
  StepRun run;
  bool fail = true;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    std::vector<Item> items;
    items.push_back({"done", returns(1)});
    items.push_back({"bad", fails_if(fail)});
    items.push_back({"never", returns(3)});
    FanOutSpec fan;
    fan.jobs = 1;
    co_await fan_out(session, std::move(items), fan);
  };
  CHECK(run.session(recipe).error.value_or(failure("")).path == "f/bad");
  CHECK(run.state_of("f/done") == "ok");
  CHECK(run.state_of("f/never").empty());
  fail = false;
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.attempts_of("f/done") == 1);
  CHECK(run.attempts_of("f/bad") == 2);
}

TEST_CASE("keep_going runs them all and raises one error that lists the failures") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    std::vector<Item> items;
    items.push_back({"a", raises("first")});
    items.push_back({"b", returns(1)});
    items.push_back({"c", raises("second")});
    FanOutSpec fan;
    fan.jobs = 1;
    fan.keep_going = true;
    co_await fan_out(session, std::move(items), fan);
  };
  const Error error = run.session(recipe).error.value_or(failure(""));
  CHECK(error.code == Code::items_failed);
  CHECK(error.path == "f");
  CHECK(error.message == "2 of 3 items of f failed:\n  f/a: RB1212 first\n  f/c: RB1212 second");
  REQUIRE(error.detail["failures"].size() == 2);
  CHECK(error.detail["failures"][1]["path"] == "f/c");
  CHECK(run.state_of("f/b") == "ok");
}

TEST_CASE("an item whose outcome is unknown stops the run, the others finish first") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    std::vector<Item> items;
    items.push_back({"lost", calls(session, [&] {
                       return run.call("pay", Effect::once,
                                       [] { throw Error(Code::http_request_lost, "no answer"); });
                     })});
    items.push_back({"other", [&](Scope& scope) -> Task<Json> {
                       co_await session.loop().sleep(milliseconds(10), scope.cancel);
                       co_return 1;
                     }});
    co_await fan_out(session, std::move(items), FanOutSpec());
  };
  const StepRun::End end = run.session(recipe);
  CHECK(end.phase == RunPhase::unknown);
  CHECK(end.error.value_or(failure("")).path == "f/lost");
  CHECK(run.state_of("f/other") == "ok");
}

TEST_CASE(
    "two failures that the recipe handled raise the same one again: the one that came first") {
  StepRun run;
  std::vector<std::string> raised;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    std::vector<Item> items;
    items.push_back({"a", fails_after(session, milliseconds(10), "second")});
    items.push_back({"b", fails_after(session, milliseconds(1), "first")});
    try {
      co_await fan_out(session, std::move(items), FanOutSpec());
    } catch (const Error& error) {
      raised.push_back(error.message);
    }
    co_await session.step(session.root(), named("went on"), returns(1));
    co_await session.step(session.root(), named("end"), raises("end"));
  };
  run.session(recipe);
  CHECK(run.state_of("f/a") == "failed");
  run.session(recipe);
  CHECK(raised == std::vector<std::string>{"first", "first"});
  CHECK(run.attempts_of("f/a") == 1);
  CHECK(run.attempts_of("f/b") == 1);
}

TEST_CASE("what stops the session before its first action stops every item, and no pcall goes on") {
  StepRun run;
  const bool as_error = GENERATE(false, true);
  bool went_on = false;
  run.before_first_action = [&]() -> Task<void> {
    co_await run.current->loop().sleep(milliseconds(1), nullptr);
    const Error error(Code::target_changed, "another chain");
    if (as_error) {
      throw error;
    }
    throw SessionStop(RunPhase::interrupted, error);
  };
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    std::vector<Item> items;
    items.push_back({"a", raises("no")});
    items.push_back({"b", raises("no")});
    FanOutSpec fan;
    fan.keep_going = true;
    try {
      co_await fan_out(session, std::move(items), fan);
    } catch (const Error&) {
      if (run.sessions() == 1) {
        throw;
      }
    }
    const std::optional<Error> failed =
        co_await attempt(session, session.root(), named("c"), raises("no"));
    went_on = true;
    throw failed.value_or(failure(""));
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  const StepRun::End end = run.session(recipe);
  CHECK_FALSE(went_on);
  CHECK(end.phase == (as_error ? RunPhase::failed : RunPhase::interrupted));
  CHECK(end.error.value_or(failure("")).code == Code::target_changed);
  CHECK(run.attempts_of("f/a") == 1);
  CHECK(run.attempts_of("f/b") == 1);
}

}  // namespace
}  // namespace runbook
