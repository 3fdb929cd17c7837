// What people do to a session besides answering: through its inbox, step by step, and to a step of
// unknown outcome.

#include "engine/base/file.h"
#include "tests/catch.h"
#include "tests/recipe/asked_run.h"

namespace runbook {
namespace {

using Kind = Instruction::Kind;

int fired = 0;

/// Its answer is lost the first time, and nothing can tell whether it happened.
Task<Json> fire(Call&) {
  if (++fired == 1) {
    throw Error(Code::http_request_lost, "no answer").with_effect(EffectDone::unknown);
  }
  co_return fired;
}

std::vector<Module> rockets() {
  Function function;
  function.name = "fire";
  function.effect = Effect::once;
  function.summary = "Fires.";
  function.run = fire;
  Module module;
  module.name = "rocket";
  module.functions = {function};
  fired = 0;
  return {module};
}

const char* kRocket = R"(
local rocket = require 'rocket'
step('launch', function() return rocket.fire {} end)
)";

Error steered_error(const RunReport& report) {
  return report.error.value_or(Error(Code::internal, "no error"));
}

TEST_CASE("an answer that lies in the inbox when a session begins is taken first") {
  AskedRun run(kGate);
  run.session();
  const std::string to = run.send(Kind::approve, "go live");
  CHECK(run.session().exit == 0);
  CHECK(read_reply(run.reply(to).value_or("")) == "Approved go live.");
  CHECK(run.store->list_messages(run.run).empty());
}

TEST_CASE("what comes into the inbox of a driven run is done, answered, and withdraws the prompt") {
  AskedRun run(kGate);
  run.options.inbox_every = std::chrono::milliseconds(5);
  bool withdrawn = false;
  std::string to;
  run.person = [&](Loop& loop, Prompt, CancelPtr cancel) -> Task<std::optional<std::string>> {
    to = run.send(Kind::approve, "go live");
    std::optional<std::string> nothing;
    try {
      co_await loop.sleep(std::chrono::seconds(20), cancel);
    } catch (const Cancelled&) {
      withdrawn = true;
    }
    co_return nothing;
  };
  CHECK(run.session().exit == 0);
  CHECK(withdrawn);
  CHECK(read_reply(run.reply(to).value_or("")) == "Approved go live.");
}

TEST_CASE(
    "an instruction that cannot be followed is refused in its reply, and nothing else happens") {
  AskedRun run("step('one', function() return 1 end) gate('go live')");
  run.session();
  const std::string to = run.send(Kind::approve, "one");
  run.store->put_message(run.run, "{ \"kind\": 7 }");
  CHECK(run.session().exit == 10);
  const std::string reply = run.reply(to).value_or("");
  CHECK_THROWS_AS(read_reply(reply), Error);
  CHECK(run.store->list_messages(run.run).empty());
}

TEST_CASE("a sleep is skipped from another terminal while it sleeps") {
  AskedRun run("sleep('a day', '24h')");
  run.options.inbox_every = std::chrono::milliseconds(5);
  run.on_event = [&](const Event& event) {
    if (std::holds_alternative<event::StepWaiting>(event.payload)) {
      run.send(Kind::skip, "a day");
    }
  };
  CHECK(run.session().exit == 0);
  CHECK(run.state_of("a day") == "skipped");
}

TEST_CASE("a step of unknown outcome is decided at the terminal: run again") {
  AskedRun run(kRocket);
  run.modules = rockets();
  run.typed = {{"r"}};
  CHECK(run.session().exit == 0);
  REQUIRE(run.prompts.size() == 1);
  CHECK(run.prompts[0].lines[1] == "  intended  rocket.fire {}");
  CHECK(run.prompts[0].choices.size() == 4);
  CHECK(fired == 2);
  CHECK(run.state().sessions == 2);
}

TEST_CASE("run again at the terminal keeps the run's lock from one session to the next") {
  AskedRun run(kRocket);
  run.modules = rockets();
  run.typed = {{"r"}};
  run.on_event = [&](const Event& event) {
    if (std::holds_alternative<event::SessionEnded>(event.payload) && fired == 1) {
      run.folder.write(".runbook/runs/" + run.run + "/lock", "whoever takes it writes a name");
    }
  };
  CHECK(run.session().exit == 0);
  CHECK(fired == 2);
  CHECK(read_file(run.run_folder() / "lock") == "whoever takes it writes a name");
}

TEST_CASE("a step of unknown outcome is decided at the terminal: done, with its result") {
  AskedRun run(kRocket);
  run.modules = rockets();
  run.typed = {{"d", "not json", "7"}};
  CHECK(run.session().exit == 0);
  CHECK(run.result_of("launch") == 7);
  CHECK(fired == 1);
}

TEST_CASE("a step of unknown outcome is decided at the terminal: failed, or left") {
  AskedRun run(kRocket);
  run.modules = rockets();
  run.typed = {{"x"}};
  CHECK(run.session().exit == 11);
  run.typed = {{"f"}};
  const RunReport report = run.session();
  CHECK(report.exit == 1);
  CHECK(steered_error(report).code == Code::step_marked_failed);
  CHECK(fired == 1);
}

TEST_CASE("with --step a session asks before each step: run, skip, all") {
  AskedRun run(R"(
step('one', function() return 1 end)
local two = step('two', function() return 2 end)
step('three', function() return two == nil end)
step('four', function() return 4 end)
)");
  run.options.confirm_steps = true;
  run.typed = {{"y", "s", "a"}};
  CHECK(run.session().exit == 0);
  CHECK(run.prompts.size() == 3);
  CHECK(run.prompts[0].lines == std::vector<std::string>{"next: one (step)"});
  CHECK(run.state_of("two") == "skipped");
  CHECK(run.result_of("three") == true);
}

TEST_CASE("with --step quit stops the run before the step, and a resume goes on there") {
  AskedRun run("step('one', function() return 1 end) step('two', function() return 2 end)");
  run.options.confirm_steps = true;
  run.typed = {{"y", "q"}};
  const RunReport report = run.session();
  CHECK(report.exit == 130);
  CHECK(report.phase == RunPhase::interrupted);
  CHECK(run.state_of("two").empty());
  run.options.confirm_steps = false;
  CHECK(run.session().exit == 0);
}

TEST_CASE("with --until a session stops after the step, and what runs beside it ends first") {
  AskedRun run(R"(
step('one', function() return 1 end)
parallel('two', { a = function() return 1 end, b = function() sleep('rest', '20ms') return 2 end })
step('three', function() return 3 end)
)");
  run.options.until = "one";
  CHECK(run.session().exit == 0);
  CHECK(run.state().phase == RunPhase::interrupted);
  CHECK(run.state_of("two/a").empty());
  run.options.until = "two/a";
  run.write(R"(
step('one', function() return 1 end)
parallel('two', { a = function() return 1 end, b = function() sleep('rest', '20ms') return 2 end })
step('three', function() return 3 end)
)");
  CHECK(run.session().exit == 0);
  CHECK(run.state_of("three").empty());
  run.options.until = "two";
  CHECK(run.session().exit == 0);
  CHECK(run.state_of("two/b") == "ok");
  CHECK(run.state_of("three").empty());
  run.options.until.clear();
  CHECK(run.session().phase == RunPhase::ok);
}

TEST_CASE("what is said to a driven run is recorded without its secrets") {
  AskedRun run(R"(
local a = ask('creds', { token = param.secret {} })
gate('go')
)");
  run.options.answers = {"creds.token=correct-horse-battery"};
  CHECK(run.session().exit == 10);
  run.send(Kind::approve, "go", "with correct-horse-battery");
  const std::string late = run.send(Kind::skip, "correct-horse-battery/", "again");
  CHECK(run.session().exit == 0);
  CHECK(run.journal().find("correct-horse") == std::string::npos);
  CHECK(run.journal().find("with rbsecret-") != std::string::npos);
  const std::string refusal = run.reply(late).value_or("");
  CHECK(refusal.find("error") != std::string::npos);
  CHECK(refusal.find("horse") == std::string::npos);
}

TEST_CASE("a session removes the replies and the typed files that nobody comes for") {
  AskedRun run(kGate);
  put_reply(*run.store, "nobody", "hello", 1'000);
  put_reply(*run.store, "somebody", "hello", run.clock.now());
  CHECK(run.session().exit == 10);
  CHECK_FALSE(run.reply("nobody"));
  CHECK(run.reply("somebody"));
  Instruction lost;
  lost.reason = "its sender died before it sent the message";
  hand_over_typed(lost, run.run_folder());
  CHECK(run.session().exit == 10);
  CHECK_FALSE(std::filesystem::is_empty(run.run_folder() / "answers"));
  run.steer_now(Kind::approve, "go live");
  CHECK(run.session().exit == 0);
  CHECK(std::filesystem::is_empty(run.run_folder() / "answers"));
}

TEST_CASE("a gate for certain people cannot be ended before it was asked") {
  AskedRun run(R"(
step('wait', function() end)
gate('go', { by = 'nobody-else' })
step('after', function() return 1 end)
)");
  run.options.until = "wait";
  CHECK(run.session().exit == 0);
  run.steer_now(Kind::skip, "go");
  run.options.until.clear();
  CHECK(run.session().exit == 10);
  CHECK(run.state_of("go") == "waiting");
  CHECK(run.state_of("after").empty());
  run.write(R"(
step('wait', function() end)
gate('other')
step('after', function() return 1 end)
)");
  run.steer_now(Kind::skip, "other");
  CHECK(run.session().exit == 0);
}

}  // namespace
}  // namespace runbook
