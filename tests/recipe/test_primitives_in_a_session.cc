// What the engine does for primitives beyond one call: which calls are the same call, leases in
// turn, what a module keeps, and targets that say what is different.

#include <fmt/format.h>

#include "tests/catch.h"
#include "tests/recipe/asked_run.h"

namespace runbook {
namespace {

using namespace std::chrono_literals;

struct Till {
  int paid = 0;
  int inside = 0;
  int most_inside = 0;
  std::vector<std::string> order;
};
Till* till = nullptr;

struct Counted {
  int calls = 0;
};

Json who_is_paid(Call& call) {
  return call.options().at("to");
}

Task<Json> pay(Call& call) {
  ++till->paid;
  co_return Json{{"to", call.text("to")}, {"calls", ++call.host().of_session<Counted>().calls}};
}

Task<Intent> take_turn(Call& call) {
  co_await call.lease("till", 5s);
  till->most_inside = std::max(till->most_inside, ++till->inside);
  till->order.push_back(call.text("to"));
  co_await call.host().loop.sleep(1ms, call.cancel());
  const std::vector<OpenIntent> open = co_await call.open_intents("till");
  --till->inside;
  co_return Intent{.data = Json{{"number", open.size()}}, .resource = "till"};
}

Task<Json> number_of(Call& call) {
  // So that the intent stays open while the others take their turns.
  co_await call.host().loop.sleep(200ms, call.cancel());
  co_return call.intent().at("number");
}

Function function_of(std::string_view name) {
  Function function;
  function.name = name;
  function.effect = Effect::once;
  function.summary = "Pays.";
  function.options = {{.name = "to", .help = "whom"}, {.name = "via", .help = "by which way"}};
  return function;
}

class Shop {
 public:
  explicit Shop(const std::string& recipe) : run(recipe) {
    till = &till_;
    Function paying = function_of("pay");
    paying.identity = who_is_paid;
    paying.run = pay;
    Function queueing = function_of("queue");
    queueing.prepare = take_turn;
    queueing.run = number_of;
    Module module;
    module.name = "shop";
    module.functions = {paying, queueing};
    run.modules = {module};
  }
  ~Shop() { till = nullptr; }

  AskedRun run;

 private:
  Till till_;
};

constexpr const char* kPaying = R"(
local shop = require 'shop'
step('pay', function()
  local paid = shop.pay {{ to = 'ann', via = '{}' }}
  {}
  return paid
end)
)";

}  // namespace

TEST_CASE("a call is the same call by its identity, however else its options differ") {
  Shop shop(fmt::format(kPaying, "cash", "fail 'not yet'"));
  CHECK(shop.run.session().exit == 1);
  shop.run.write(fmt::format(kPaying, "card", ""));
  CHECK(shop.run.session().exit == 0);
  CHECK(till->paid == 1);
  CHECK(shop.run.result_of("pay") == Json{{"to", "ann"}, {"calls", 1}});
}

TEST_CASE("calls of one session hold a lease in turn, and each sees the intents of those before") {
  Shop shop(R"(
local shop = require 'shop'
each('item', { 'a', 'b', 'c', 'd' }, { jobs = 4 }, function(item) return shop.queue { to = item } end)
)");
  CHECK(shop.run.session().exit == 0);
  CHECK(till->most_inside == 1);
  CHECK(till->order == std::vector<std::string>{"a", "b", "c", "d"});
  for (int i = 0; i < 4; ++i) {
    CHECK(shop.run.result_of(std::string("item/") + "abcd"[i]) == i);
  }
  CHECK_FALSE(shop.run.store->find_lease("till"));
}

TEST_CASE("a lease that another run holds is waited for, and then names that run") {
  Shop shop(R"(
local shop = require 'shop'
step('queue', function() return shop.queue { to = 'a' } end)
)");
  const Timestamp now = shop.run.clock.now();
  REQUIRE(shop.run.store->acquire_lease("till", "other-run", now, 60'000));
  const RunReport report = shop.run.session();
  REQUIRE(report.error);
  CHECK(report.error->code == Code::lock_held);
  CHECK(report.error->message == "till is held by run other-run");
}

TEST_CASE("what a module keeps for a session begins anew with the next") {
  Shop shop(R"(
local shop = require 'shop'
step('one', function() return shop.pay { to = 'ann' }.calls end)
step('two', function() return shop.pay { to = 'ben' }.calls end)
gate 'on'
step('three', function() return shop.pay { to = 'cy' }.calls end)
)");
  shop.run.session();
  shop.run.typed = std::deque<std::optional<std::string>>{"a"};
  CHECK(shop.run.session().exit == 0);
  CHECK(shop.run.result_of("two") == 2);
  CHECK(shop.run.result_of("three") == 1);
}

TEST_CASE("a target's verify says what is different, and which step is to be done again") {
  AskedRun run(R"(
target('chain', function() return 1 end, function(recorded, calls)
  if recorded == 1 and #calls == 0 then
    return { message = 'the contract is gone', step = 'deploy it' }
  end
end)
step('deploy it', function() return 1 end)
step('fail', function() fail 'here' end)
)");
  CHECK(run.session().exit == 1);
  const RunReport report = run.session();
  CHECK(report.exit == 12);
  REQUIRE(report.error);
  CHECK(report.error->code == Code::target_changed);
  CHECK(report.error->message == "chain: the contract is gone");
  CHECK_THAT(report.error->hint,
             ContainsSubstring("runbook rewind " + run.run + " --to 'deploy it'"));
}

TEST_CASE("a resumed run with nothing left to do looks at its targets before it is done") {
  AskedRun run(R"(
target('chain', function() return 1 end, function() return 'another chain' end)
step('deploy it', function() return 1 end)
gate 'on'
)");
  CHECK(run.session().exit == 10);
  run.steer_now(Instruction::Kind::approve, "on");
  const RunReport report = run.session();
  CHECK(report.exit == 12);
  REQUIRE(report.error);
  CHECK(report.error->message == "chain: another chain");
}

}  // namespace runbook
