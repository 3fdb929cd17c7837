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

event::CallBegun transaction(const std::string& text) {
  event::CallBegun call;
  call.primitive = "eth.send";
  call.fingerprint = "f";
  call.resource = "eth/0x11/1/0xabc";
  call.intent = Json{{"text", text}};
  return call;
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
                                         "open", "next"});
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

TEST_CASE("the status page says what a call of a running step waits for", "[view]") {
  Script script;
  script.session().begin("roll out");
  script.add(event::StepWaiting{"pod web-1: no image", 0}, "roll out", 1);
  CHECK_THAT(status_page(script.state(), facts_of(script, 12)),
             ContainsSubstring("running     roll out  2.0s  pod web-1: no image\n"));
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
  CHECK_THAT(page, ContainsSubstring("  process.run in pay  begun "));
  CHECK_THAT(page, ContainsSubstring("uses up eth/1/0xabc"));
  CHECK_THAT(page, ContainsSubstring("  anvil  running  pid 77\n"));
  CHECK_THAT(page, ContainsSubstring("Journal  4 events, head 0000"));
  CHECK_THAT(page, ContainsSubstring("Next\n  runbook resume 7f3a-lucky-heron\n"));
}

TEST_CASE("status lists what is open with step, age and the words of its newest intent", "[view]") {
  Script script;
  script.session().begin("pay").add(transaction("nonce 7, 0xab12"), "pay", 1);
  script.add(event::CallAmended{4, Json{{"text", "nonce 7, 0xcd34, at most 3 gwei"}}}, "pay", 1);
  const std::string page = status_page(script.state(), facts_of(script));
  CHECK_THAT(page,
             ContainsSubstring("  eth.send in pay: nonce 7, 0xcd34, at most 3 gwei  begun ") &&
                 ContainsSubstring(" (2.0s ago)  uses up eth/0x11/1/0xabc\n"));
  const Json open = status_json(script.state(), facts_of(script))["open"];
  CHECK(open == Json::parse(R"([{"step":"pay","primitive":"eth.send","resource":"eth/0x11/1/0xabc",
    "since":"2026-09-21T14:13:23.000Z","text":"nonce 7, 0xcd34, at most 3 gwei",
    "intent":{"text":"nonce 7, 0xcd34, at most 3 gwei"}}])"));
}

TEST_CASE("what is open stays listed when its step was marked or rewound", "[view]") {
  Script script;
  script.session().begin("pay").add(transaction("nonce 7"), "pay", 1);
  Script marked = script;
  marked.add(event::StepMarked{.state = State::ok}, "pay");
  CHECK_THAT(status_page(marked.state(), facts_of(marked)),
             ContainsSubstring("nonce 7") && ContainsSubstring("(its step is marked ok)"));
  Script rewound = script;
  rewound.add(event::RunRewound{.kind = "rewind", .forgotten = {"pay"}});
  CHECK_THAT(status_page(rewound.state(), facts_of(rewound)),
             ContainsSubstring("nonce 7") && ContainsSubstring("(its step was rewound)"));
  CHECK(status_json(rewound.state(), facts_of(rewound))["open"][0]["text"] == "nonce 7");
  CHECK(status_json(failed_script().state(), facts_of(script))["open"].empty());
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
