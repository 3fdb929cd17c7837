// The names that `skip` takes and refuses, and what it says of one that it does not know.

#include "engine/recipe/reply.h"
#include "tests/base/expect_error.h"
#include "tests/catch.h"
#include "tests/recipe/asked_run.h"

namespace runbook {
namespace {

using Kind = Instruction::Kind;

TEST_CASE("the name of an each is not skipped: what can be is named") {
  AskedRun run(R"(
each('pay', { 'ada', 'bob', 'eve' }, { keep_going = true }, function(who)
  step('send', function() if who ~= 'ada' then fail 'no money' end end)
end)
)");
  run.session();
  const Error refused =
      expect_error(Code::step_not_found, [&] { run.steer_now(Kind::skip, "pay"); });
  CHECK(refused.message ==
        "pay is no step: it has steps in it, and without a result are pay/bob, pay/eve");
  CHECK_THAT(refused.hint, ContainsSubstring("skip " + run.run + " pay/bob"));
  run.steer_now(Kind::skip, "pay/bob");
  run.steer_now(Kind::skip, "pay/eve");
  CHECK_THAT(expect_error(Code::step_not_found, [&] { run.steer_now(Kind::skip, "pay"); }).message,
             ContainsSubstring("all of which have a result"));
  CHECK(run.session().exit == 0);
}

TEST_CASE("a step is skipped although one in it was, before either began") {
  AskedRun run("gate('go on') step('outer', function() step('inner', function() end) end)");
  run.session();
  run.steer_now(Kind::skip, "outer/inner");
  run.steer_now(Kind::skip, "outer");
  run.steer_now(Kind::approve, "go on");
  CHECK(run.session().exit == 0);
  CHECK(run.state_of("outer") == "skipped");
}

TEST_CASE("skipping a name that the run does not know says which it may have been meant for") {
  AskedRun run("step('announce', function() fail 'no' end)");
  run.session();
  const std::string to = run.send(Kind::skip, "anounce");
  run.session();
  CHECK(read_reply(take_reply(*run.store, to).value_or("")) ==
        "Skipped anounce, which has not begun: the run knows no step of this name so far; did you "
        "mean announce?");
}

}  // namespace
}  // namespace runbook
