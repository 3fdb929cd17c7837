// Where --until stops a session, what it lets end first, and what is not held.

#include "tests/catch.h"
#include "tests/recipe/asked_run.h"

namespace runbook {
namespace {

Error error_of(const RunReport& report) {
  return report.error.value_or(Error(Code::internal, "no error"));
}

TEST_CASE("what --until holds ends with a sibling that fails, and that decides the exit code") {
  AskedRun run(R"(
on_fail(function() step('tell', function() end) end)
parallel('two', {
  a = function() sleep('short', '10ms') end,
  b = function() sleep('middle', '30ms') step('held', function() end) end,
  c = function() sleep('long', '60ms') fail 'it is broken' end,
})
step('three', function() end)
)");
  run.options.until = "two/a";
  const RunReport report = run.session();
  CHECK(report.exit == 1);
  CHECK(report.phase == RunPhase::failed);
  CHECK(error_of(report).path == "two/c");
  CHECK(run.state_of("two/b") == "cancelled");
  CHECK(run.state_of("two/b/held").empty());
  CHECK(run.state_of("on_fail/1/1/tell") == "ok");
  CHECK(run.state_of("three").empty());
}

TEST_CASE("what failed beside --until with keep_going decides the exit code") {
  AskedRun run(R"(
parallel('two', {
  a = function() sleep('short', '10ms') end,
  b = function() fail 'it is broken' end,
  c = function() sleep('middle', '30ms') step('held', function() end) end,
}, { keep_going = true })
)");
  run.options.until = "two/a";
  const RunReport report = run.session();
  CHECK(report.exit == 1);
  CHECK(report.phase == RunPhase::interrupted);
  CHECK(error_of(report).path == "two/b");
  CHECK(run.state_of("two/c/held").empty());
  run.options.until.clear();
  CHECK(run.session().exit == 1);  // it is no handled failure: it is attempted again
  CHECK(run.state().find_step("two/b")->attempts == 2);
}

TEST_CASE("a session stops after the step of --until also when that failed and was handled") {
  AskedRun run("pcall(step, 'one', function() fail 'no' end) step('two', function() end)");
  run.options.until = "one";
  const RunReport report = run.session();
  CHECK(report.exit == 1);
  CHECK(error_of(report).path == "one");
  CHECK(run.state_of("two").empty());
  run.options.until.clear();
  CHECK(run.session().exit == 0);
}

TEST_CASE("a step that began beside the one of --until is tried again as it may be") {
  AskedRun run(R"(
local tries = 0
parallel('two', {
  a = function() sleep('short', '10ms') end,
  b = function()
    step('flaky', { retry = { attempts = 2, initial = '30ms', on = { 'RB1212' } } }, function()
      tries = tries + 1
      if tries == 1 then fail 'not yet' end
    end)
  end,
})
step('three', function() end)
)");
  run.options.until = "two/a";
  CHECK(run.session().exit == 0);
  CHECK(run.state().find_step("two/b/flaky")->attempts == 2);
  CHECK(run.state_of("two/b") == "ok");
  CHECK(run.state_of("three").empty());
}

TEST_CASE("finally and on_fail are neither held by --until nor asked for by --step") {
  AskedRun run(R"(
finally(function() step('tidy', function() end) end)
step('one', function() end)
)");
  run.options.until = "one";
  run.options.confirm_steps = true;
  run.typed = {{"y"}};
  CHECK(run.session().phase == RunPhase::ok);
  CHECK(run.prompts.size() == 1);
  CHECK(run.state_of("finally/1/tidy") == "ok");
}

TEST_CASE("a step that --until named and the run never came to is an error, with a near name") {
  AskedRun run(
      "step('build', function() end) group('end', function() step('x', function() end) end)");
  run.options.until = "biuld";
  const RunReport report = run.session();
  CHECK(report.phase == RunPhase::ok);  // the run is done, the command was wrong
  CHECK(report.exit == 2);
  CHECK(error_of(report).code == Code::step_not_found);
  CHECK_THAT(error_of(report).message,
             ContainsSubstring("--until biuld") && ContainsSubstring("did you mean build?"));
  CHECK(run.state().exit == 0);
}

TEST_CASE("a group that the run ends with is found by --until") {
  AskedRun run(
      "step('build', function() end) group('end', function() step('x', function() end) end)");
  run.options.until = "end";
  CHECK(run.session().exit == 0);
}

TEST_CASE("what --step asks is withdrawn when the time of the step around it is over") {
  AskedRun run(R"(
step('outer', { timeout = '50ms' }, function()
  step('asked', function() end)
end)
)");
  run.options.confirm_steps = true;
  bool left = false;
  run.person = [&](Loop& loop, Prompt prompt,
                   CancelPtr cancel) -> Task<std::optional<std::string>> {
    if (prompt.step == "outer/asked") {
      co_await loop.sleep(std::chrono::seconds(20), cancel);
      left = true;
    }
    std::optional<std::string> yes = "y";
    co_return yes;
  };
  CHECK(run.session().exit == 1);
  CHECK(run.prompts.size() == 2);
  CHECK_FALSE(left);
  CHECK(run.state_of("outer/asked").empty());
}

}  // namespace
}  // namespace runbook
