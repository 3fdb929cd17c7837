// status, runs, show, logs, services and state on journals made by hand.

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/store/store.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/cli/recorded.h"
#include "tests/terminal.h"

using namespace runbook;
using namespace runbook::test;

namespace {

Script failed_script() {
  Script script;
  const Error error = command_failure("roll out");
  script.session().begin("prepare").ok("prepare", Json{{"ready", true}});
  script.begin("roll out").fail("roll out", error);
  return script.end(RunPhase::failed, 1, error.to_json());
}

Script good_script() {
  Script script;
  script.session().begin("prepare").ok("prepare", 1);
  return script.end(RunPhase::ok, 0).add(event::RunFinished{RunPhase::ok});
}

}  // namespace

TEST_CASE("commands that read say where they looked when there is no project", "[cli]") {
  const Folder folder;
  const Ran ran = run_runbook({"status"}, folder.path());
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring(folder.path().string()));
  CHECK_FALSE(std::filesystem::exists(folder.path() / ".runbook"));
}

TEST_CASE("status shows the newest run, also from a folder below the project", "[cli]") {
  const Folder folder;
  record_run(folder.path(), "7f3a-lucky-heron", failed_script());
  folder.write("deep/down/file", "");
  const Ran ran = run_runbook({"status"}, folder.path() / "deep/down");
  CHECK(ran.exit == 0);
  CHECK(ran.err.empty());
  CHECK_THAT(ran.out, ContainsSubstring("deploy  run 7f3a-lucky-heron  failed"));
  CHECK_THAT(ran.out, ContainsSubstring("roll out: RB0612 kubectl exited with 1"));
  CHECK_THAT(ran.out, ContainsSubstring("runbook resume 7f3a-lucky-heron"));
}

TEST_CASE("status as JSON is one object with the documented keys", "[cli]") {
  const Folder folder;
  record_run(folder.path(), "7f3a-lucky-heron", failed_script());
  const Ran ran = run_runbook({"status", "7f3a", "--output", "json"}, folder.path());
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring(
                          R"({"v":1,"run":"7f3a-lucky-heron","recipe":"recipes/deploy.lua",)"));
  const Json json = parse_json(ran.out, "status");
  CHECK(json.at("state") == "failed");
  CHECK(json.at("params").at("region") == "eu");
  CHECK(json.at("steps").size() == 2);
}

TEST_CASE("a run left by a killed process is interrupted, in status and in the list", "[cli]") {
  const Folder folder;
  Script script;
  script.session().begin("prepare");
  record_run(folder.path(), "7f3a-lucky-heron", script);
  CHECK_THAT(run_runbook({"status"}, folder.path()).out, ContainsSubstring("  interrupted\n"));
  CHECK_THAT(run_runbook({"runs"}, folder.path()).out,
             ContainsSubstring("7f3a-lucky-heron       interrupted"));
}

TEST_CASE("a run is named by a unique prefix, @last or @failed", "[cli]") {
  const Folder folder;
  record_run(folder.path(), "7f3a-lucky-heron", failed_script());
  record_run(folder.path(), "7f3b-calm-otter", good_script());
  const auto run_of = [&](const std::string& name) {
    const Ran ran = run_runbook({"status", name, "--output", "json"}, folder.path());
    return ran.exit == 0 ? parse_json(ran.out, "status").at("run").get<std::string>() : ran.err;
  };
  CHECK(run_of("7f3a") == "7f3a-lucky-heron");
  CHECK(run_of("7f3b-calm-otter") == "7f3b-calm-otter");
  CHECK(run_of("@failed") == "7f3a-lucky-heron");
  CHECK_THAT(run_of("7f3"), ContainsSubstring("RB0105"));
  CHECK_THAT(run_of("7f3a-lucky-hern"), ContainsSubstring("did you mean 7f3a-lucky-heron?"));
}

TEST_CASE("runs as JSON is a list of run heads", "[cli]") {
  const Folder folder;
  record_run(folder.path(), "7f3a-lucky-heron", failed_script());
  record_run(folder.path(), "9b22-calm-otter", good_script());
  const Ran ran = run_runbook({"runs", "--output", "json"}, folder.path());
  const Json list = parse_json(ran.out, "runs");
  REQUIRE(list.size() == 2);
  for (const Json& run : list) {
    CHECK(run.at("v") == 1);
    CHECK(run.at("state") == (run.at("run") == "9b22-calm-otter" ? "ok" : "failed"));
    CHECK_FALSE(run.contains("steps"));
  }
}

TEST_CASE("show prints a run, a step with its result and calls, and the events as JSON", "[cli]") {
  const Folder folder;
  Script script;
  script.session().begin("pay");
  event::CallBegun call;
  call.primitive = "process.run";
  call.fingerprint = "f";
  call.arguments = Json{{"argv", {"pay", "alice"}}};
  call.intent = Json{{"nonce", 7}};
  script.add(call, "pay", 1);
  record_run(folder.path(), "7f3a-lucky-heron", script);
  CHECK_THAT(run_runbook({"show"}, folder.path()).out, ContainsSubstring("key     [secret key]"));
  const Ran step = run_runbook({"show", "7f3a", "pay"}, folder.path());
  CHECK_THAT(step.out, ContainsSubstring("Call process.run  attempt 1  no end recorded"));
  CHECK_THAT(step.out, ContainsSubstring(R"({"argv":["pay","alice"]})"));
  CHECK_THAT(step.out, ContainsSubstring(R"({"nonce":7})"));
  const Ran events = run_runbook({"show", "7f3a", "--output", "json"}, folder.path());
  CHECK_THAT(events.out, ContainsSubstring(R"("type":"call.begun")"));
  const Ran missing = run_runbook({"show", "7f3a", "pai"}, folder.path());
  CHECK(missing.exit == 2);
  CHECK_THAT(missing.err, ContainsSubstring("did you mean pay?"));
}

TEST_CASE("logs prints the newest attempt of a step, an earlier one, or all steps", "[cli]") {
  const Folder folder;
  Script script;
  const Error error = command_failure("roll out");
  script.session().begin("prepare").ok("prepare");
  script.begin("roll out").fail("roll out", error);
  script.end(RunPhase::failed, 1, error.to_json()).session(true);
  script.begin("roll out", 2).fail("roll out", error, 2);
  record_run(folder.path(), "7f3a-lucky-heron", script);
  const std::string logs = ".runbook/runs/7f3a-lucky-heron/logs/";
  folder.write(logs + "0001-prepare.1.log", "T out ready\n");
  folder.write(logs + "0002-roll-out.1.log", "T err first\n");
  folder.write(logs + "0002-roll-out.2.log", "T err second\n");
  CHECK(run_runbook({"logs", "7f3a", "roll out"}, folder.path()).out == "T err second\n");
  CHECK(run_runbook({"logs", "roll out"}, folder.path()).out == "T err second\n");
  CHECK(run_runbook({"logs", "@last", "roll out", "--attempt", "1"}, folder.path()).out ==
        "T err first\n");
  CHECK(run_runbook({"logs"}, folder.path()).out ==
        "== prepare (attempt 1)\nT out ready\n== roll out (attempt 2)\nT err second\n");
  CHECK(run_runbook({"logs", "roll out", "--attempt", "3"}, folder.path()).exit == 2);
}

TEST_CASE("logs refuses an attempt where no single step is meant, and says what to type", "[cli]") {
  const Folder folder;
  Script script;
  script.session().begin("upgrade/a").ok("upgrade/a").begin("upgrade/b").ok("upgrade/b");
  record_run(folder.path(), "7f3a-lucky-heron", script.end(RunPhase::ok, 0));
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"logs", "7f3a", "--attempt", "9"},
        {"logs", "7f3a", "upgrade", "--attempt", "9"}}) {
    const Ran ran = run_runbook(arguments, folder.path());
    CHECK(ran.exit == 2);
    CHECK_THAT(ran.err, ContainsSubstring("runbook logs 7f3a-lucky-heron STEP --attempt 9"));
  }
  CHECK(run_runbook({"logs", "-f", "7f3a", "upgrade/a", "--attempt", "1"}, folder.path()).exit ==
        2);
}

TEST_CASE("logs are printed byte for byte, and on a terminal without what would steer it",
          "[cli]") {
  const Folder folder;
  Script script;
  script.session().begin("prepare").ok("prepare");
  record_run(folder.path(), "7f3a-lucky-heron", script.end(RunPhase::ok, 0));
  const std::string log = "T out \x1b[2J\x1b]0;title\ared\tand\xff\n";
  folder.write(".runbook/runs/7f3a-lucky-heron/logs/0001-prepare.1.log", log);
  for (const char* follow : {"", " -f"}) {
    CHECK_THAT(
        run_program({"/bin/sh", "-c", RUNBOOK_BINARY " logs" + std::string(follow)}, folder.path())
            .out,
        ContainsSubstring(log));
    TerminalProgram terminal({"/bin/sh", "-c",
                              "cd '" + folder.path().string() + "' && " RUNBOOK_BINARY " logs" +
                                  std::string(follow) + "; echo ended"});
    REQUIRE(terminal.shows("ended"));
    CHECK_THAT(terminal.screen(), ContainsSubstring("T out red\tand?\r\n"));
  }
}

TEST_CASE("show of a gate has what it shows, and the digest of it", "[cli]") {
  const Folder folder;
  event::GateOpened gate;
  gate.text = "Go live?";
  gate.shown = Json{{"addresses", 19}, {"plan", "+12 ~1 -0"}};
  gate.digest = "d1ge57";
  Script script;
  script.session().begin("go live", 1, Kind::gate).add(gate, "go live", 1);
  record_run(folder.path(), "7f3a-lucky-heron", script.end(RunPhase::waiting, 10));
  const Ran ran = run_runbook({"show", "7f3a", "go live"}, folder.path());
  CHECK_THAT(ran.out, ContainsSubstring("Question\nGo live?\n"));
  CHECK_THAT(ran.out, ContainsSubstring("\n  shows   addresses: 19\n"
                                        "  shows   plan: +12 ~1 -0\n  digest  d1ge57\n"));
}

TEST_CASE("state prints a bare value, all keys, and the history", "[cli]") {
  const Folder folder;
  Script script = good_script();
  record_run(folder.path(), "7f3a-lucky-heron", script);
  Script writing;
  writing.session().add(event::StatePut{"token", "0xabc"}, "deploy", 1);
  writing.add(event::StatePut{"token", "0xdef"}, "deploy", 1);
  record_run(folder.path(), "9b22-calm-otter", writing);
  CHECK(run_runbook({"state", "token"}, folder.path()).out == "0xdef\n");
  CHECK_THAT(run_runbook({"state"}, folder.path()).out, ContainsSubstring("token  0xdef  "));
  const Ran history = run_runbook({"state", "token", "--history"}, folder.path());
  CHECK_THAT(history.out, ContainsSubstring("0xabc"));
  CHECK(history.out.find("0xdef") < history.out.find("0xabc"));
  const Ran missing = run_runbook({"state", "tokn"}, folder.path());
  CHECK(missing.exit == 2);
  CHECK_THAT(missing.err, ContainsSubstring("did you mean token?"));
}

TEST_CASE("services says that a run has none", "[cli]") {
  const Folder folder;
  record_run(folder.path(), "7f3a-lucky-heron", good_script());
  const Ran ran = run_runbook({"services"}, folder.path());
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.err, ContainsSubstring("has started no services"));
}
