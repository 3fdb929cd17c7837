// Gates in a parallel inside an each: each is answered for itself, in whatever order.

#include "tests/catch.h"
#include "tests/recipe/asked_run.h"

namespace runbook {
namespace {

using Kind = Instruction::Kind;

const char* kSites = R"(
each('site', { 'north', 'south' }, { jobs = 2, keep_going = true }, function(site)
  parallel('roles', {
    db = function() return gate('ok').by end,
    dns = function() return gate('ok') == nil end,
    web = function() gate('ok', { expires = site == 'south' and '50ms' or nil }) end,
  }, { keep_going = true })
end)
)";

TEST_CASE("gates beside each other are answered, denied, skipped and expire, each for itself") {
  AskedRun run(kSites);
  run.options.inbox_every = std::chrono::milliseconds(5);
  run.person = [](Loop& loop, Prompt, CancelPtr cancel) -> Task<std::optional<std::string>> {
    co_await loop.sleep(std::chrono::seconds(20), cancel);  // is there, and looks at it
    co_return std::nullopt;
  };
  int asked = 0;
  run.on_event = [&](const Event& event) {
    if (std::holds_alternative<event::GateOpened>(event.payload) && ++asked == 6) {
      run.send(Kind::skip, "site/south/roles/dns/ok");
      run.send(Kind::deny, "site/north/roles/web/ok");
      run.send(Kind::approve, "site/south/roles/db/ok");
      run.send(Kind::approve, "site/north/roles/dns/ok");
      run.send(Kind::approve, "site/north/roles/db/ok");
    }
  };
  CHECK(run.session().exit == 1);
  CHECK(run.result_of("site/south/roles/dns") == true);
  CHECK(run.result_of("site/north/roles/dns") == false);
  CHECK(run.state_of("site/north/roles/db") == "ok");
  CHECK(run.state_of("site/south/roles/db") == "ok");
  CHECK(run.result_of("site/north/roles/web/ok")["code"] == "RB1218");  // denied
  CHECK(run.result_of("site/south/roles/web/ok")["code"] == "RB1219");  // expired

  run.on_event = {};
  run.person = {};
  run.options.approve = {"site/north/roles/web/ok", "site/south/roles/web/ok"};
  CHECK(run.session().exit == 0);
  const RunState state = run.state();
  for (const char* once :
       {"north/roles/db", "north/roles/dns", "south/roles/db", "south/roles/dns"}) {
    CHECK(state.find_step(std::string("site/") + once + "/ok")->attempts == 1);
  }
}

}  // namespace
}  // namespace runbook
