// Steps that ask a person: gate, ask, manual.

#include "tests/catch.h"
#include "tests/step/step_run.h"

namespace runbook {
namespace {

using std::chrono::milliseconds;

StepSpec asking(const std::string& segment, Kind kind = Kind::gate) {
  StepSpec spec = named(segment);
  spec.kind = kind;
  return spec;
}

QuestionSpec showing(Json shown) {
  QuestionSpec question;
  question.text = "Really?";
  question.shown = std::move(shown);
  return question;
}

QuestionSpec for_region() {
  QuestionSpec question;
  question.fields = Json{{"region", {{"type", "string"}}}};
  return question;
}

/// A gate that shows `shown`, then a step that fails in the first session.
StepRun::Recipe gate_then_step(StepRun& run, const Json& shown) {
  return [&run, shown](Session& session) -> Task<void> {
    QuestionSpec question = showing(shown);
    co_await session.question(session.root(), asking("gate"), question);
    co_await session.step(session.root(), named("after"), run.fails_at_first());
  };
}

/// Only a gate.
StepRun::Recipe gate(const Json& shown, std::optional<milliseconds> expires = {}) {
  return [shown, expires](Session& session) -> Task<void> {
    QuestionSpec question = showing(shown);
    question.expires = expires;
    co_await session.question(session.root(), asking("gate"), question);
  };
}

TEST_CASE("a gate nobody answers ends the session waiting and stays open") {
  StepRun run;
  CHECK(run.session(gate(1)).phase == RunPhase::waiting);
  CHECK(run.state_of("gate") == "waiting");
  CHECK(run.state().questions.at("gate").is_open(run.clock.now()));
  CHECK(run.session(gate(1)).phase == RunPhase::waiting);
  CHECK(run.count_of("gate.opened gate#1") == 1);
  CHECK(run.count_of("gate.opened gate#2") == 0);
}

TEST_CASE("a gate that was approved between two sessions returns who, when and what they said") {
  StepRun run;
  run.session(gate(1));
  run.answer("gate", "approved");
  CHECK(run.session(gate(1)).phase == RunPhase::ok);
  const Json result = run.result_of("gate");
  CHECK(result["by"] == "ada@desk");
  CHECK(result["comment"] == "seen");
  CHECK(result["at"] == format_timestamp(run.state().questions.at("gate").answered_time));
}

TEST_CASE("an answer given meanwhile is taken, and what is asked goes away") {
  StepRun run;
  run.somebody_comes = true;
  bool withdrawn = false;
  run.ask = [&](const std::string& path, CancelPtr cancel) -> Task<void> {
    const std::string step = path;
    answer_now(*run.current, step, "approved");
    Latch never(run.current->loop());
    try {
      co_await never.wait(cancel);
    } catch (const Cancelled&) {
      withdrawn = true;
    }
  };
  CHECK(run.session(gate(1)).phase == RunPhase::ok);
  CHECK(withdrawn);
}

TEST_CASE("what goes wrong in asking ends the step that asks") {
  StepRun run;
  run.ask = [](const std::string&, CancelPtr) -> Task<void> {
    throw SessionStop(RunPhase::waiting, failure("the flag is wrong"));
    co_return;
  };
  const StepRun::End end = run.session(gate(1));
  CHECK(end.phase == RunPhase::waiting);
  CHECK(end.error.value_or(failure("")).message == "the flag is wrong");
}

TEST_CASE("an ask returns the answers by field") {
  StepRun run;
  const StepRun::Recipe recipe = [](Session& session) -> Task<void> {
    QuestionSpec question = for_region();
    co_await session.question(session.root(), asking("where", Kind::ask), question);
  };
  run.session(recipe);
  run.answer("where", "answered", {{"region", "eu"}});
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.result_of("where") == Json{{"region", "eu"}});
}

TEST_CASE("a denied gate fails with who denied it, and a resume asks again") {
  StepRun run;
  run.session(gate(1));
  run.answer("gate", "denied");
  const StepRun::End end = run.session(gate(1));
  CHECK(end.phase == RunPhase::failed);
  CHECK(end.error.value_or(failure("")).code == Code::gate_denied);
  CHECK(end.error.value_or(failure("")).message == "gate was denied by ada@desk: seen");
  CHECK(run.session(gate(1)).phase == RunPhase::waiting);
  CHECK(run.count_of("gate.opened gate#3") == 1);
  run.answer("gate", "approved");
  CHECK(run.session(gate(1)).phase == RunPhase::ok);
}

TEST_CASE("a denial counts once, also if the session that asks again dies before it has") {
  StepRun run;
  run.session(gate(1));
  run.answer("gate", "denied");
  CHECK(run.session(gate(1)).phase == RunPhase::failed);
  run.before_attempt = [&](const std::string&, Kind, CancelPtr) -> Task<void> {
    event::StepStarted started;  // durable, and the question after it is not
    started.kind = Kind::gate;
    run.current->journal().append(std::move(started), "gate", 3);
    co_await run.current->journal().durable();
    throw Crash();
  };
  CHECK(run.session(gate(1)).phase == RunPhase::running);
  run.before_attempt = {};
  CHECK(run.session(gate(1)).phase == RunPhase::waiting);
}

TEST_CASE("a denial that the recipe handles stays handled") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    bool denied = false;
    QuestionSpec question = showing(1);
    try {
      co_await session.question(session.root(), asking("gate"), question);
    } catch (const Error& error) {
      denied = error.code == Code::gate_denied;
    }
    CHECK(denied);
    co_await session.step(session.root(), named("other way"), run.fails_at_first());
    co_await session.step(session.root(), named("end"), returns(1));
  };
  run.somebody_comes = true;
  run.ask = [&](const std::string& path, CancelPtr) -> Task<void> {
    answer_now(*run.current, path, "denied");
    co_return;
  };
  CHECK(run.session(recipe).phase == RunPhase::failed);
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.attempts_of("gate") == 1);
}

TEST_CASE("a gate expires while it is asked, and a resume asks again with a new limit") {
  StepRun run;
  run.somebody_comes = true;
  const StepRun::End end = run.session(gate(1, milliseconds(5)));
  CHECK(end.phase == RunPhase::failed);
  CHECK(end.error.value_or(failure("")).code == Code::gate_expired);
  run.somebody_comes = false;
  CHECK(run.session(gate(1, std::chrono::hours(1))).phase == RunPhase::waiting);
  CHECK(run.count_of("gate.opened gate#2") == 1);
}

TEST_CASE("a gate that expired while nobody drove the run is asked anew") {
  StepRun run;
  run.session(gate(1, std::chrono::hours(1)));
  const Timestamp first = run.state().questions.at("gate").asked.expires;
  run.clock.advance(std::chrono::hours(2));
  CHECK(run.session(gate(1, std::chrono::hours(1))).phase == RunPhase::waiting);
  CHECK(run.state().questions.at("gate").asked.expires > first);
}

TEST_CASE("an answer in time stands, however late the run is resumed") {
  StepRun run;
  run.session(gate(1, std::chrono::hours(1)));
  run.answer("gate", "approved");
  run.clock.advance(std::chrono::hours(2));
  CHECK(run.session(gate(1, std::chrono::hours(1))).phase == RunPhase::ok);
}

TEST_CASE("an open question that shows something else now is asked anew") {
  StepRun run;
  run.session(gate(1));
  const std::string first = run.state().questions.at("gate").asked.digest;
  CHECK(run.session(gate(2)).phase == RunPhase::waiting);
  CHECK(run.state().questions.at("gate").asked.digest != first);
  CHECK(run.state().questions.at("gate").asked.shown == Json(2));
}

TEST_CASE("an open question that others may answer now is asked anew") {
  StepRun run;
  const auto by = [](const std::string& name) -> StepRun::Recipe {
    return [name](Session& session) -> Task<void> {
      QuestionSpec question = showing(1);
      question.by = {name};
      co_await session.question(session.root(), asking("gate"), question);
    };
  };
  run.session(by("ada"));
  run.session(by("@sre"));
  CHECK(run.state().questions.at("gate").asked.by == std::vector<std::string>{"@sre"});
  CHECK(run.state().find_step("gate")->waiting_for == "an approval by @sre");
}

TEST_CASE("an answered gate that shows something else asks again if nothing began after it") {
  StepRun run;
  const auto recipe = [](const Json& shown, bool go_on) -> StepRun::Recipe {
    return [shown, go_on](Session& session) -> Task<void> {
      QuestionSpec question = showing(shown);
      co_await session.question(session.root(), asking("gate"), question);
      if (!go_on) {
        throw failure("not yet");
      }
      co_await session.step(session.root(), named("after"), returns(1));
    };
  };
  run.session(recipe(1, false));
  run.answer("gate", "approved");
  CHECK(run.session(recipe(1, false)).phase == RunPhase::failed);
  CHECK(run.session(recipe(2, true)).phase == RunPhase::waiting);
  CHECK(run.state().questions.at("gate").asked.shown == Json(2));
  CHECK(run.state_of("after").empty());
}

TEST_CASE("an answered gate that shows something else is kept once something began after it") {
  StepRun run;
  run.session(gate_then_step(run, 1));
  run.answer("gate", "approved");
  StepRun::Recipe fails = [&](Session& session) -> Task<void> {
    QuestionSpec question = showing(1);
    co_await session.question(session.root(), asking("gate"), question);
    co_await session.step(session.root(), named("after"), raises("no"));
  };
  CHECK(run.session(fails).phase == RunPhase::failed);
  CHECK(run.session(gate_then_step(run, 2)).phase == RunPhase::ok);
  CHECK(run.attempts_of("gate") == 2);
}

TEST_CASE("a gate inside a step asks again although the step around it begins anew") {
  StepRun run;
  const auto recipe = [&run](const Json& shown) -> StepRun::Recipe {
    return [&run, shown](Session& session) -> Task<void> {
      Body body = [&run, &session, shown](Scope& scope) -> Task<Json> {
        QuestionSpec question = showing(shown);
        co_await session.question(scope, asking("gate"), question);
        if (run.sessions() < 3) {
          throw failure("not yet");
        }
        co_return 1;
      };
      co_await session.step(session.root(), named("outer"), body);
    };
  };
  CHECK(run.session(recipe(1)).phase == RunPhase::waiting);
  CHECK(run.state_of("outer") == "interrupted");
  run.answer("outer/gate", "approved");
  CHECK(run.session(recipe(1)).phase == RunPhase::failed);
  CHECK(run.session(recipe(2)).phase == RunPhase::waiting);
  CHECK(run.state().questions.at("outer/gate").asked.shown == Json(2));
}

TEST_CASE("a sibling goes on while a gate waits, and only then the session ends waiting") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    std::vector<FanOutItem> items(2);
    items[0].step = named("asks");
    items[0].body = [&](Scope& scope) -> Task<Json> {
      QuestionSpec question = showing(1);
      const RawJson result = co_await session.question(scope, asking("gate"), question);
      co_return result.parse()["by"];
    };
    items[1].step = named("works");
    items[1].body = [&](Scope& scope) -> Task<Json> {
      while (run.state_of("f/asks/gate") != "waiting") {
        co_await session.loop().sleep(milliseconds(1), scope.cancel);
      }
      co_await session.loop().sleep(milliseconds(20), scope.cancel);
      CHECK_FALSE(session.waits_for_people());
      CallSpec call = run.call("works");
      co_return co_await session.call(scope, std::move(call));
    };
    FanOutSpec fan;
    fan.segment = "f";
    co_await session.fan_out(session.root(), fan, std::move(items));
  };
  CHECK(run.session(recipe).phase == RunPhase::waiting);
  CHECK(run.state_of("f/works") == "ok");
  run.answer("f/asks/gate", "approved");
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.world["works"] == 1);
  CHECK(run.result_of("f/asks") == Json("ada@desk"));
}

TEST_CASE("a gate is cancelled with its siblings, and its question is not asked twice for that") {
  StepRun run;
  const StepRun::Recipe recipe = [&](Session& session) -> Task<void> {
    std::vector<FanOutItem> items(2);
    items[0].step = named("asks");
    items[0].body = [&](Scope& scope) -> Task<Json> {
      QuestionSpec question = showing(1);
      co_await session.question(scope, asking("gate"), question);
      co_return 1;
    };
    items[1].step = named("bad");
    items[0].step.kind = items[1].step.kind = Kind::item;
    items[1].body = run.fails_at_first();
    FanOutSpec fan;
    fan.segment = "f";
    co_await session.fan_out(session.root(), fan, std::move(items));
  };
  run.somebody_comes = true;
  CHECK(run.session(recipe).phase == RunPhase::failed);
  CHECK(run.state_of("f/asks/gate") == "cancelled");
  run.answer("f/asks/gate", "approved");
  CHECK(run.session(recipe).phase == RunPhase::ok);
  CHECK(run.count_of("gate.opened f/asks/gate#1") == 1);
}

}  // namespace
}  // namespace runbook
