// runbook rewind: what it lists, asks, refuses and forgets.

#include <sys/wait.h>

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/cli/recorded.h"
#include "tests/terminal.h"

using namespace runbook;
using namespace runbook::test;

namespace {

event::CallBegun payment() {
  event::CallBegun call;
  call.primitive = "process.run";
  call.fingerprint = "f";
  call.arguments = {{"argv", {"pay", "alice"}}};
  return call;
}

/// "build", "pay/alice" and "pay/bob" beside each other (each paid once), "announce" failed.
Script paid() {
  Script script;
  script.session().begin("build").ok("build");
  for (const char* item : {"pay/alice", "pay/bob"}) {
    script.begin(item, 1, Kind::item).add(payment(), item, 1);
    event::CallEnded ended;
    ended.call = script.events().size();
    ended.result = RawJson("{}");
    script.add(ended, item, 1).ok(item, 1);
  }
  const Error error(Code::process_failed, "it failed");
  return script.begin("announce").fail("announce", error).end(RunPhase::failed, 1);
}

Folder& finished_run(Folder& folder, const Script& script) {
  record_run(folder.path(), "7f3a-lucky-heron", script);
  return folder;
}

std::vector<std::string> states(const Folder& folder) {
  const Json status =
      parse_json(run_runbook({"status", "--output", "json"}, folder.path()).out, "status");
  std::vector<std::string> states;
  for (const Json& step : status.at("steps")) {
    states.push_back(step.at("state"));
  }
  return states;
}

using States = std::vector<std::string>;

std::string terminal_command(const Folder& folder, const std::string& arguments) {
  return "unset CI; cd '" + folder.path().string() + "' && exec '" RUNBOOK_BINARY "' " + arguments;
}

}  // namespace

TEST_CASE("rewind lists what is forgotten and which effects will happen again", "[rewind]") {
  Folder folder;
  finished_run(folder, paid());
  const Ran ran = run_runbook(
      {"rewind", "7f3a", "--to", "pay/alice", "--yes", "--reason", "wrong sum"}, folder.path());
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.err, ContainsSubstring("(2 steps):\n  pay/alice\n  announce\n"));
  CHECK_THAT(ran.err, ContainsSubstring("will happen again:\n  pay/alice  process.run"));
  CHECK_THAT(ran.err, ContainsSubstring(R"({"argv":["pay","alice"]})"));
  CHECK_THAT(ran.err, ContainsSubstring("Next:  runbook resume 7f3a-lucky-heron"));
  CHECK(states(folder) == States{"ok", "pending", "ok", "pending"});  // bob's payment stays
  const std::string events = run_runbook({"show", "7f3a", "--output", "json"}, folder.path()).out;
  CHECK_THAT(events, ContainsSubstring(R"("kind":"rewind","to":"pay/alice","reason":"wrong sum")"));
}

TEST_CASE("rewind says when nothing happens twice", "[rewind]") {
  Folder folder;
  finished_run(folder, paid());
  const Ran ran = run_runbook({"rewind", "7f3a", "--to", "announce", "--yes"}, folder.path());
  CHECK_THAT(ran.err, ContainsSubstring("No effect that must happen once is among them."));
  CHECK(states(folder) == States{"ok", "ok", "ok", "pending"});
}

TEST_CASE("rewind without --yes changes nothing when nobody can be asked", "[rewind]") {
  Folder folder;
  finished_run(folder, paid());
  const Ran ran = run_runbook({"rewind", "7f3a", "--to", "build"}, folder.path());
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("--yes"));
  CHECK(states(folder) == States{"ok", "ok", "ok", "failed"});
  CHECK(run_runbook({"rewind", "7f3a", "--to", "biuld", "--yes"}, folder.path()).exit == 2);
}

TEST_CASE("rewind asks on a terminal, and does nothing without a yes", "[rewind]") {
  Folder folder;
  finished_run(folder, paid());
  {
    TerminalProgram program(
        {"/bin/sh", "-c", terminal_command(folder, "rewind 7f3a --to pay/bob")});
    REQUIRE(program.shows("Rewind? [y/N]: "));
    program.type("\n");
    REQUIRE(program.shows("Nothing was changed."));
    CHECK(WEXITSTATUS(program.wait()) == 12);
  }
  CHECK(states(folder) == States{"ok", "ok", "ok", "failed"});
  TerminalProgram program({"/bin/sh", "-c", terminal_command(folder, "rewind 7f3a --to pay/bob")});
  REQUIRE(program.shows("Rewind? [y/N]: "));
  program.type("y\n");
  REQUIRE(program.shows("Rewound to pay/bob."));
  CHECK(WEXITSTATUS(program.wait()) == 0);
  CHECK(states(folder) == States{"ok", "ok", "pending", "pending"});
}

TEST_CASE("rewind refuses while nobody knows whether an effect among them happened", "[rewind]") {
  Folder folder;
  Script script = paid();
  script.session(true).begin("announce", 2).add(payment(), "announce", 2);
  finished_run(folder, script);
  const Ran ran = run_runbook({"rewind", "7f3a", "--to", "pay/bob", "--yes"}, folder.path());
  CHECK(ran.exit == 11);
  CHECK_THAT(ran.err, ContainsSubstring("process.run of announce (attempt 2)"));
  CHECK_THAT(ran.err, ContainsSubstring("runbook mark 7f3a-lucky-heron announce done"));
  CHECK(states(folder)[2] == "ok");
  CHECK(run_runbook({"mark", "7f3a", "announce", "failed", "--reason", "r"}, folder.path()).exit ==
        0);
  CHECK(run_runbook({"rewind", "7f3a", "--to", "pay/bob", "--yes"}, folder.path()).exit == 0);
}

TEST_CASE("rewind is refused while the run is driven, cancelled, or has ended", "[rewind]") {
  Folder folder;
  finished_run(folder, paid());
  {
    const FileLock lock = FileLock::try_acquire(
        folder.path() / ".runbook/runs/7f3a-lucky-heron/lock", "pid 4121 on ops-1");
    REQUIRE(lock.held());
    const Ran driven = run_runbook({"rewind", "7f3a", "--to", "build", "--yes"}, folder.path());
    CHECK(driven.exit == 20);
    CHECK_THAT(driven.err, ContainsSubstring("pid 4121 on ops-1"));
  }
  Script cancelled = paid();
  cancelled.add(event::CancelRequested{.reason = "r", .actor = "bob@ops-2"});
  record_run(folder.path(), "8a00-calm-otter", cancelled);
  const Ran ran = run_runbook({"rewind", "8a00", "--to", "build", "--yes"}, folder.path());
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("was cancelled by bob@ops-2"));
  Script ended = paid();
  ended.add(event::RunFinished{RunPhase::undone});
  record_run(folder.path(), "9b00-quiet-fox", ended);
  CHECK_THAT(run_runbook({"rewind", "9b00", "--to", "build", "--yes"}, folder.path()).err,
             ContainsSubstring("RB0109"));
}

TEST_CASE("A rewound item is done again, and those beside it are not", "[rewind]") {
  const Folder folder;
  folder.write("r.lua",
               "local process = require 'process'\n"
               "local function say(word)\n"
               "  process.run { 'sh', '-c', 'echo ' .. word .. ' >> log' }\n"
               "end\n"
               "step('before', function() say 'before' end)\n"
               "each('pay', { 'alice', 'bob' }, function(who)\n"
               "  step('send', function() say('send-' .. who) end)\n"
               "  step('check', function() say('check-' .. who) end)\n"
               "end)\n"
               "step('after', function() say 'after' end)\n"
               "step('last', function() process.run { 'test', '-e', 'go' } end)\n");
  CHECK(run_runbook({"run", "r.lua"}, folder.path()).exit == 1);
  const std::string first = "before\nsend-alice\ncheck-alice\nsend-bob\ncheck-bob\nafter\n";
  REQUIRE(folder.read("log") == first);
  const Ran ran =
      run_runbook({"rewind", "@last", "--to", "pay/alice/check", "--yes"}, folder.path());
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.err, !ContainsSubstring("bob"));
  folder.write("go", "");
  CHECK(run_runbook({"resume", "@last"}, folder.path()).exit == 0);
  CHECK(folder.read("log") == first + "check-alice\nafter\n");
}
