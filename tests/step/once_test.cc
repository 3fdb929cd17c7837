// Once calls: intent first, end recorded, and what a body that runs again finds (design §3.2).

#include "engine/step/fingerprint.h"
#include "tests/catch.h"
#include "tests/step/step_run.h"

namespace runbook {
namespace {

/// A step `s` that makes the calls named in `names`, one after another, then `last`.
StepRun::Recipe sequence(StepRun& run, const std::vector<std::string>& names,
                         const std::function<void()>& last) {
  return [&run, names, last](Session& session) -> Task<void> {
    Body body = [&](Scope& scope) -> Task<Json> {
      Json results = Json::array();
      for (std::size_t index = 0; index < names.size(); ++index) {
        CallSpec spec = run.call(names[index]);
        Json result = co_await session.call(scope, std::move(spec));
        results.push_back(std::move(result));
      }
      last();
      co_return results;
    };
    co_await session.step(session.root(), named("s"), body);
  };
}

void nothing() {}
void fail_definitely() {
  throw failure("after the calls");
}
void crash() {
  throw Crash();
}

TEST_CASE("an effect waits until everything before it is durable") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    for (const Effect effect : {Effect::once, Effect::idempotent}) {
      Body body = [&](Scope& scope) -> Task<Json> {
        session.journal().append(event::NoteAdded{.text = "pending"}, scope.path, 1);
        CHECK_FALSE(session.journal().is_durable());
        bool durable = false;
        CallSpec spec = run.call(std::string(effect_name(effect)), effect,
                                 [&] { durable = session.journal().is_durable(); });
        co_await session.call(scope, std::move(spec));
        CHECK(durable);
        co_return nullptr;
      };
      co_await session.step(session.root(), named(std::string(effect_name(effect))), body);
    }
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
}

TEST_CASE("only once calls are recorded: others run again with their attempt") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&](Scope& scope) -> Task<Json> {
      CallSpec look = run.call("look", Effect::read);
      co_await session.call(scope, std::move(look));
      CallSpec put = run.call("put", Effect::idempotent);
      co_await session.call(scope, std::move(put));
      if (run.sessions() == 1) {
        throw Crash();
      }
      co_return nullptr;
    };
    co_await session.step(session.root(), named("s"), body);
  };
  run.session(recipe);
  CHECK(run.state().calls.empty());
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.world["look"] == 2);
  CHECK(run.world["put"] == 2);
}

TEST_CASE("a body that runs again is given the results of its finished calls") {
  StepRun run;
  CHECK(run.session(sequence(run, {"a", "b"}, fail_definitely)).phase == RunPhase::failed);
  CHECK(run.session(sequence(run, {"a", "b"}, nothing)).phase == RunPhase::ok);
  CHECK(run.world == std::map<std::string, int>{{"a", 1}, {"b", 1}});
  CHECK(run.result_of("s") == Json::parse(R"([{"did":"a"},{"did":"b"}])"));
}

TEST_CASE("so it is after a crash between two calls") {
  StepRun run;
  CHECK(run.session(sequence(run, {"a"}, crash)).phase == RunPhase::running);
  CHECK(run.session(sequence(run, {"a", "b"}, nothing)).phase == RunPhase::ok);
  CHECK(run.world == std::map<std::string, int>{{"a", 1}, {"b", 1}});
}

TEST_CASE("equal calls are told apart by their occurrence") {
  StepRun run;
  CHECK(run.session(sequence(run, {"a", "a"}, fail_definitely)).phase == RunPhase::failed);
  CHECK(run.session(sequence(run, {"a", "a", "a"}, nothing)).phase == RunPhase::ok);
  CHECK(run.world["a"] == 3);
}

TEST_CASE("another call of the primitive while a finished one is unclaimed stops as unknown") {
  StepRun run;
  CHECK(run.session(sequence(run, {"a"}, fail_definitely)).phase == RunPhase::failed);
  const StepRun::End end = run.session(sequence(run, {"changed"}, nothing));
  CHECK(end.phase == RunPhase::unknown);
  REQUIRE(end.error.has_value());
  CHECK(end.error->code == Code::outcome_unknown);
  CHECK(end.error->path == "s");
  CHECK(run.world == std::map<std::string, int>{{"a", 1}});
  CHECK(run.state_of("s") == "unknown");

  SECTION("and stays so until a person settles it") {
    CHECK(run.session(sequence(run, {"changed"}, nothing)).phase == RunPhase::unknown);
    CHECK(run.world.size() == 1);
  }
  SECTION("mark settles it") {
    run.mark("s", State::ok, "by hand");
    CHECK(run.session(sequence(run, {"changed"}, nothing)).phase == RunPhase::ok);
    CHECK(run.world.size() == 1);
    CHECK(run.result_of("s") == Json("by hand"));
  }
  SECTION("--rerun settles it: the calls are forgotten with the step") {
    run.rerun("s");
    CHECK(run.session(sequence(run, {"changed"}, nothing)).phase == RunPhase::ok);
    CHECK(run.world["changed"] == 1);
  }
}

TEST_CASE("a definite failure constrains nothing: a corrected call simply runs") {
  StepRun run;
  const auto recipe = [&](const std::string& name, bool fail) -> StepRun::Recipe {
    return [&run, name, fail](Session& session) -> Task<void> {
      const std::function<void()> then = fail ? fail_definitely : nothing;
      Body body = calls(session, [&] { return run.call(name, Effect::once, then); });
      co_await session.step(session.root(), named("s"), body);
    };
  };
  CHECK(run.session(recipe("a", true)).phase == RunPhase::failed);
  REQUIRE(run.state().calls.size() == 1);
  CHECK(run.state().calls[0].end == CallState::End::failed);
  CHECK(run.session(recipe("corrected", false)).phase == RunPhase::ok);
  CHECK(run.world["corrected"] == 1);
}

TEST_CASE("the intent is durable before the effect, and every amendment before it is used") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&](Scope& scope) -> Task<Json> {
      CallSpec spec = run.call("pay");
      spec.prepare = [](CancelPtr) -> Task<Intent> {
        Intent intent;
        intent.data = Json{{"nonce", 7}};
        intent.resource = "eth/1/0xabc";
        co_return intent;
      };
      spec.run = [&](CancelPtr, std::vector<Json> intents, CallSpec::Amend amend) -> Task<Json> {
        CHECK(intents == std::vector<Json>{Json{{"nonce", 7}}});
        CHECK(run.state().open_calls.size() == 1);
        CHECK(run.state().calls[0].resource == "eth/1/0xabc");
        Json bumped{{"nonce", 7}, {"fee", 2}};
        co_await amend(std::move(bumped));
        CHECK(run.state().calls[0].intents.size() == 2);
        co_return "receipt";
      };
      co_return co_await session.call(scope, std::move(spec));
    };
    co_await session.step(session.root(), named("s"), body);
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.result_of("s") == Json("receipt"));
}

TEST_CASE("a large result of a call is kept by content and comes back whole") {
  StepRun run;
  const std::string large(300'000, 'x');
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Body body = [&](Scope& scope) -> Task<Json> {
      CallSpec spec = run.call("big");
      spec.run = [&](CancelPtr, std::vector<Json>, CallSpec::Amend) -> Task<Json> {
        ++run.world["big"];
        co_return Json{{"text", large}};
      };
      const Json result = co_await session.call(scope, std::move(spec));
      CHECK(result == Json{{"text", large}});
      if (run.sessions() == 1) {
        throw Crash();
      }
      co_return result["text"].get<std::string>().size();
    };
    co_await session.step(session.root(), named("s"), body);
  };
  run.session(recipe);
  CHECK(run.state().calls[0].result.text().size() < 200);
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.world["big"] == 1);
  CHECK(run.result_of("s") == Json(300'000));
}

TEST_CASE(
    "effects and reads at the top level, and effects where only looking is allowed, are refused") {
  StepRun run;
  std::vector<Code> codes;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    Scope looking = session.root();
    looking.mode = Mode::look;
    Scope& root = session.root();
    const std::vector<std::pair<Scope*, Effect>> refused{{&root, Effect::read},
                                                         {&root, Effect::idempotent},
                                                         {&root, Effect::once},
                                                         {&looking, Effect::idempotent},
                                                         {&looking, Effect::once}};
    for (std::size_t index = 0; index < refused.size(); ++index) {
      CallSpec spec = run.call("x", refused[index].second);
      try {
        co_await session.call(*refused[index].first, std::move(spec));
      } catch (const Error& error) {
        codes.push_back(error.code);
      }
    }
    CallSpec look = run.call("look", Effect::read);
    co_await session.call(looking, std::move(look));
    const std::optional<Error> step = co_await attempt(session, looking, named("s"), returns(1));
    codes.push_back(step.value_or(failure("")).code);
  };
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(codes == std::vector<Code>{Code::effect_outside_step, Code::effect_outside_step,
                                   Code::effect_outside_step, Code::not_read_only,
                                   Code::not_read_only, Code::not_read_only});
  CHECK(run.world == std::map<std::string, int>{{"look", 1}});
}

TEST_CASE("a fingerprint does not depend on the order in which options were given") {
  CHECK(fingerprint(Json{{"a", 1}, {"b", 2}}) == fingerprint(Json{{"b", 2}, {"a", 1}}));
  CHECK(fingerprint(Json{{"a", 1}}) != fingerprint(Json{{"a", "1"}}));
  CHECK(fingerprint(Json::object()).size() == 32);
}

TEST_CASE("a run is not done while a once call of a step nobody asks for any more is unsettled") {
  StepRun run;
  run.session([&](Session& session) -> Task<void> {
    Body body = calls(session, [&] { return run.call("a", Effect::once, crash); });
    co_await session.step(session.root(), named("removed"), body);
  });
  const StepRun::Recipe edited = [](Session& session) -> Task<void> {
    co_await session.step(session.root(), named("other"), returns(1));
  };
  const StepRun::End end = run.session(edited);
  CHECK(end.phase == RunPhase::unknown);
  CHECK(end.error.value_or(failure("")).path == "removed");
  run.probe_call = [](const CallState&, CancelPtr) -> Task<std::optional<Outcome>> {
    co_return Outcome::done("seen");
  };
  CHECK(run.session(edited).phase == RunPhase::ok);
  CHECK(run.world["a"] == 1);
}

}  // namespace
}  // namespace runbook
