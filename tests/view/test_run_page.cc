#include "engine/view/run_page.h"
#include "tests/catch.h"
#include "tests/view/script.h"

using namespace runbook;

namespace {

RunFacts facts_of(const Script& script, int driver = 0) {
  RunFacts facts;
  facts.row.id = "7f3a-lucky-heron";
  facts.row.head = script.events().size();
  facts.driver = driver;
  facts.now = script.now();
  return facts;
}

Script failed_script() {
  Script script;
  const Error error = command_failure("roll out");
  script.session().begin("prepare").ok("prepare", Json{{"ready", true}});
  script.begin("roll out").fail("roll out", error);
  return script.end(RunPhase::failed, 1, error.to_json());
}

}  // namespace

TEST_CASE("status as JSON has the documented keys in the documented order", "[view]") {
  const Script script = failed_script();
  const OrderedJson json = status_json(script.state(), facts_of(script));
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) {
    keys.push_back(key);
  }
  CHECK(keys == std::vector<std::string>{"v", "run", "recipe", "state", "exit", "started",
                                         "finished", "host", "params", "target", "outputs", "steps",
                                         "next"});
  CHECK(json["v"] == 1);
  CHECK(json["recipe"] == "recipes/deploy.lua");
  CHECK(json["state"] == "failed");
  CHECK(json["exit"] == 1);
  CHECK(json["next"][0] == "runbook resume 7f3a-lucky-heron");
  CHECK(
      json["steps"][0].dump() ==
      R"({"path":"prepare","state":"ok","kind":"step","attempts":1,"ms":1000,"result":{"ready":true},"error":null})");
  CHECK(
      json["steps"][1]["error"].dump() ==
      R"({"code":"RB0612","message":"kubectl exited with 1","hint":"see its last lines above; runbook logs shows all of them"})");
  CHECK(json["steps"][1]["result"].is_null());
}

TEST_CASE("status of a killed run is interrupted, has no exit, and says how to go on", "[view]") {
  Script script;
  script.session().begin("prepare");
  const OrderedJson json = status_json(script.state(), facts_of(script));
  CHECK(json["state"] == "interrupted");
  CHECK(json["exit"].is_null());
  CHECK(json["finished"].is_null());
  CHECK(json["steps"][0]["state"] == "interrupted");
  CHECK(status_json(script.state(), facts_of(script, 12))["state"] == "running");
}

TEST_CASE("the status page shows state, reason, steps, open calls, services, head and commands",
          "[view]") {
  Script script;
  script.session().begin("pay");
  event::CallBegun call;
  call.primitive = "process.run";
  call.fingerprint = "f";
  call.resource = "eth/1/0xabc";
  script.add(call, "pay", 1);
  RunFacts facts = facts_of(script);
  facts.services = {{"anvil", "running  pid 77"}};
  const std::string page = status_page(script.state(), facts);
  CHECK_THAT(page, ContainsSubstring("deploy  run 7f3a-lucky-heron  interrupted\n"));
  CHECK_THAT(page, ContainsSubstring("recorded no end: it was killed"));
  CHECK_THAT(page, ContainsSubstring("  interrupted pay  began "));
  CHECK_THAT(page, ContainsSubstring("  process.run in pay since "));
  CHECK_THAT(page, ContainsSubstring("uses up eth/1/0xabc"));
  CHECK_THAT(page, ContainsSubstring("  anvil  running  pid 77\n"));
  CHECK_THAT(page, ContainsSubstring("Journal  4 events, head 0000"));
  CHECK_THAT(page, ContainsSubstring("Next\n  runbook resume 7f3a-lucky-heron\n"));
}

TEST_CASE("finished items of a large loop are one line unless asked for", "[view]") {
  Script script;
  script.session();
  for (int item = 0; item < 40; ++item) {
    const std::string path = "fund/" + std::to_string(item);
    script.begin(path, 1, Kind::item).ok(path);
  }
  script.begin("fund/last", 1, Kind::item);
  RunFacts facts = facts_of(script);
  const std::string page = status_page(script.state(), facts);
  CHECK_THAT(page, ContainsSubstring("fund/*  40 items"));
  CHECK_THAT(page, !ContainsSubstring("fund/7 "));
  CHECK_THAT(page, ContainsSubstring("fund/last"));
  facts.all_steps = true;
  CHECK_THAT(status_page(script.state(), facts), ContainsSubstring("fund/7 "));
}
