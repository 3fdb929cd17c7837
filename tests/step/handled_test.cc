// Failures that the recipe handles: replay takes the same branch (design §3.1).

#include "tests/catch.h"
#include "tests/step/step_run.h"

namespace runbook {
namespace {

TEST_CASE("a handled failure is raised again from the record, and the other branch is kept") {
  StepRun run;
  int tried = 0;
  bool fail = true;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&](Scope&) -> Task<Json> {
      ++tried;
      throw failure("primary is down");
      co_return nullptr;
    };
    const std::optional<Error> failed =
        co_await attempt(session, session.root(), named("primary"), body);
    CHECK(failed.value_or(failure("")).message == "primary is down");
    CHECK(failed.value_or(failure("")).path == "primary");
    if (failed) {
      Body fallback = calls(session, [&] { return run.call("fallback"); });
      co_await session.step(session.root(), named("fallback"), fallback);
    }
    co_await session.step(session.root(), named("end"), fails_if(fail));
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  fail = false;
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(tried == 1);
  CHECK(run.world["fallback"] == 1);
}

TEST_CASE("a failure that the session ended with was not handled, though something followed it") {
  StepRun run;
  int tried = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&](Scope&) -> Task<Json> {
      if (++tried == 1) {
        throw failure("down");
      }
      co_return "up";
    };
    const std::optional<Error> failed = co_await attempt(session, session.root(), named("a"), body);
    if (failed) {
      co_await session.step(session.root(), named("tell"), returns("told"));
      throw *failed;
    }
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(tried == 2);
}

TEST_CASE("inside a step, a handled failure is handled for its next attempt as well") {
  StepRun run;
  int tried = 0;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body outer = [&](Scope& scope) -> Task<Json> {
      Body body = [&](Scope&) -> Task<Json> {
        ++tried;
        throw failure("down");
        co_return nullptr;
      };
      const std::optional<Error> failed = co_await attempt(session, scope, named("a"), body);
      CHECK(failed.has_value());
      Body send = calls(session, [&] { return run.call("b"); });
      co_await session.step(scope, named("b"), send);
      if (run.sessions() == 1) {
        throw Crash();
      }
      co_return nullptr;
    };
    co_await session.step(session.root(), named("outer"), outer);
  };
  run.session(recipe);
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.world["b"] == 1);
  CHECK(tried == 1);
}

/// A group of `first` and `bad`, caught; then `after`; then `end`, which fails in the first
/// session.
StepRun::Recipe caught_group(StepRun& run, bool& edited, std::vector<std::string>& raised) {
  return [&](Session& session) -> Task<void> {
    Scope group = session.group(session.root(), "g");
    try {
      if (edited) {
        Body extra = calls(session, [&] { return run.call("extra"); });
        co_await session.step(group, named("extra"), extra);
      }
      co_await session.step(group, named("first"), returns(1));
      co_await session.step(group, named("bad"), raises("bad"));
    } catch (const Error& error) {
      raised.push_back(error.path);
    }
    co_await session.step(session.root(), named("after"), returns(1));
    co_await session.step(session.root(), named("end"), run.fails_at_first());
  };
}

TEST_CASE("a handled group raises its error again and nothing new starts under it") {
  StepRun run;
  bool edited = false;
  std::vector<std::string> raised;
  const StepRun::Recipe recipe = caught_group(run, edited, raised);
  CHECK(run.session(recipe).phase == RunPhase::failed);
  SECTION("as it was") {}
  SECTION("with a step more in front: that one raises the group's error instead of starting") {
    edited = true;
  }
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(raised == std::vector<std::string>{"g/bad", "g/bad"});
  CHECK(run.world["extra"] == 0);
  CHECK(run.attempts_of("g/bad") == 1);
}

TEST_CASE("of groups in groups, what starts anew raises the failure that left its own group") {
  StepRun run;
  std::string edited;
  std::vector<std::string> raised;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Scope outer = session.group(session.root(), "g");
    Scope inner = session.group(outer, "h");
    try {
      if (edited == "g") {
        co_await session.step(outer, named("extra"), returns(1));
      }
      try {
        if (edited == "h") {
          co_await session.step(inner, named("extra"), returns(1));
        }
        co_await session.step(inner, named("bad"), raises("inner"));
      } catch (const Error& error) {
        raised.push_back(error.path);
      }
      co_await session.step(outer, named("after"), returns(1));
      co_await session.step(outer, named("bad"), raises("outer"));
    } catch (const Error& error) {
      raised.push_back(error.path);
    }
    co_await session.step(session.root(), named("after"), returns(1));
    co_await session.step(session.root(), named("end"), run.fails_at_first());
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  SECTION("in the inner group") {
    edited = "h";
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(raised == std::vector<std::string>{"g/h/bad", "g/bad", "g/h/bad", "g/bad"});
  }
  SECTION("in the outer group") {
    edited = "g";
    CHECK(run.session(recipe).phase == RunPhase::ok);
    CHECK(raised == std::vector<std::string>{"g/h/bad", "g/bad", "g/bad"});
  }
}

TEST_CASE("a handled fan-out withholds the items that never began") {
  StepRun run;
  std::vector<std::string> raised;
  std::vector<std::string> names{"bad", "never"};
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    std::vector<FanOutItem> items;
    for (const std::string& name : names) {
      FanOutItem& item = items.emplace_back();
      item.step = named(name);
      item.step.kind = Kind::item;
      item.body = name == "bad" ? raises("bad") : calls(session, [&] { return run.call("never"); });
    }
    FanOutSpec fan;
    fan.segment = "f";
    fan.jobs = 1;
    try {
      co_await session.fan_out(session.root(), fan, std::move(items));
    } catch (const Error& error) {
      raised.push_back(error.message);
    }
    co_await session.step(session.root(), named("after"), returns(1));
    co_await session.step(session.root(), named("end"), run.fails_at_first());
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  SECTION("in the same order") {}
  SECTION("in another order") {
    names = {"never", "bad"};
  }
  SECTION("without the item that failed: the recorded failure is raised all the same") {
    names = {"never"};
  }
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(raised == std::vector<std::string>{"bad", "bad"});
  CHECK(run.world["never"] == 0);
  CHECK(run.state_of("f/never").empty());
}

}  // namespace
}  // namespace runbook
