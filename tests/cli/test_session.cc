// run and resume, from start to end of the real program.

#include <csignal>
#include <map>
#include <sstream>

#include "engine/base/json.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/terminal.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// Fails until the file "fixed" exists beside it; its first step appends a line to "effects".
constexpr std::string_view kFragile = R"(
local fs = require 'fs'
local process = require 'process'
local first = step('first', function()
  process.run { 'sh', '-c', 'echo once >> effects' }
  return 'made'
end)
step('second', function()
  process.run { 'sh', '-c', 'test -e fixed || { echo not fixed >&2; exit 3; }', idempotent = true }
end)
output { first = first }
)";

/// Writes "waiting", then waits for the file "go".
constexpr std::string_view kWaiting = R"(
local fs = require 'fs'
step('begin', function() fs.write('waiting', 'yes') end)
wait_until('go', { every = '20ms', timeout = '1m' }, function() return fs.stat('go') and true end)
output { done = true }
)";

Json session_status(const Folder& folder) {
  return parse_json(run_runbook({"status", "--output", "json"}, folder.path()).out, "status");
}

std::string id_of(const Folder& folder) {
  return session_status(folder).at("run").get<std::string>();
}

}  // namespace

TEST_CASE("a failed run shows the card, and a resume starts at the step that failed", "[cli]") {
  const Folder folder;
  folder.write("fragile.lua", std::string(kFragile));
  const Ran failed = run_runbook({"run", "fragile.lua"}, folder.path());
  CHECK(failed.exit == 1);
  CHECK(failed.out.empty());
  for (const char* part : {"ok          first", "FAIL        second", "RB0612", "step     second",
                           "at       fragile.lua:9", "exit 3", "    not fixed",
                           "1 step is done and kept", "Next:  runbook resume "}) {
    CHECK_THAT(failed.err, ContainsSubstring(part));
  }
  folder.write("fixed", "");
  const Ran resumed = run_runbook({"resume"}, folder.path());
  CHECK(resumed.exit == 0);
  CHECK(resumed.out == "first: made\n");
  CHECK_THAT(resumed.err, ContainsSubstring("keep        first"));
  CHECK(folder.read("effects") == "once\n");
}

TEST_CASE("what a resume keeps has the items of an each as one, with their number", "[cli]") {
  const Folder folder;
  folder.write("r.lua",
               "step('first', function() end)\n"
               "each('roll', { 'a', 'b', 'c' }, function() end)\n"
               "step('last', function() fail 'not yet' end)\n");
  CHECK(run_runbook({"run", "r.lua"}, folder.path()).exit == 1);
  const Ran resumed = run_runbook({"resume"}, folder.path());
  CHECK_THAT(resumed.err, ContainsSubstring("keep        first, roll (3)\n"));
}

TEST_CASE("run refuses to guess when a run of the recipe is unfinished", "[cli]") {
  const Folder folder;
  folder.write("fragile.lua", std::string(kFragile));
  run_runbook({"run", "fragile.lua"}, folder.path());
  const std::string id = id_of(folder);
  const Ran ran = run_runbook({"run", "fragile.lua"}, folder.path());
  CHECK(ran.exit == 12);
  CHECK_THAT(ran.err, ContainsSubstring("RB0106"));
  CHECK_THAT(ran.err, ContainsSubstring("runbook resume " + id));
  CHECK_THAT(ran.err, ContainsSubstring("runbook run fragile.lua --fresh"));
  CHECK(run_runbook({"run", "fragile.lua", "--fresh"}, folder.path()).exit == 1);
  CHECK(id_of(folder) != id);
}

TEST_CASE("on a terminal run offers to resume, to show, or to begin anew", "[cli]") {
  const Folder folder;
  const std::string recipe = folder.write("fragile.lua", std::string(kFragile)).string();
  run_runbook({"run", "fragile.lua"}, folder.path());
  folder.write("fixed", "");
  TerminalProgram terminal(
      {RUNBOOK_BINARY, "run", recipe, "--state", (folder.path() / ".runbook").string()},
      {{"CI", ""}});
  REQUIRE(terminal.shows("[R]esume  [n]ew run  [s]how: "));
  terminal.type("s\n");
  REQUIRE(terminal.shows("Journal "));
  REQUIRE(terminal.shows("[R]esume  [n]ew run  [s]how: "));
  terminal.type("r\n");
  CHECK(terminal.wait() == 0);
  CHECK_THAT(terminal.screen(), ContainsSubstring("first: made"));
  CHECK(folder.read("effects") == "once\n");
}

TEST_CASE("With --no-input nobody is asked, not even on a terminal", "[cli]") {
  const Folder folder;
  const std::string recipe = folder.write("fragile.lua", std::string(kFragile)).string();
  run_runbook({"run", "fragile.lua"}, folder.path());
  TerminalProgram terminal({RUNBOOK_BINARY, "run", recipe, "--no-input", "--state",
                            (folder.path() / ".runbook").string()});
  CHECK(terminal.wait() == 12 << 8);
}

TEST_CASE("resume of a finished run repeats its results", "[cli]") {
  const Folder folder;
  folder.write("fragile.lua", std::string(kFragile));
  folder.write("fixed", "");
  CHECK(run_runbook({"run", "fragile.lua"}, folder.path()).exit == 0);
  const Ran again = run_runbook({"resume"}, folder.path());
  CHECK(again.exit == 0);
  CHECK(again.out == "first: made\n");
  CHECK_THAT(again.err, ContainsSubstring("Nothing left to do"));
}

TEST_CASE("JSON output is one event a line, numbered without a gap", "[cli]") {
  const Folder folder;
  folder.write("fragile.lua", std::string(kFragile));
  const Ran ran = run_runbook({"run", "fragile.lua", "--output", "json"}, folder.path());
  CHECK(ran.exit == 1);
  std::size_t count = 0;
  std::string last;
  for (std::size_t begin = 0; begin < ran.out.size(); ++count) {
    const std::size_t end = ran.out.find('\n', begin);
    const Json line = parse_json(ran.out.substr(begin, end - begin), "line");
    CHECK(line.at("seq") == count + 1);
    last = line.at("type").get<std::string>();
    begin = end + 1;
  }
  CHECK(count > 5);
  CHECK(last == "session.ended");
}

TEST_CASE("quiet output is the results alone", "[cli]") {
  const Folder folder;
  folder.write("fragile.lua", std::string(kFragile));
  folder.write("fixed", "");
  const Ran ran = run_runbook({"run", "fragile.lua", "--output", "quiet"}, folder.path());
  CHECK(ran.exit == 0);
  CHECK(ran.out == "first: made\n");
  CHECK(ran.err.empty());
}

TEST_CASE("a killed run is interrupted, and while it is driven others are refused", "[cli]") {
  const Folder folder;
  folder.write("waiting.lua", std::string(kWaiting));
  const int pid = start_runbook({"run", "waiting.lua"}, folder.path());
  REQUIRE(eventually([&] { return std::filesystem::exists(folder.path() / "waiting"); }));
  CHECK(session_status(folder).at("state") == "running");
  const Ran second = run_runbook({"resume"}, folder.path());
  CHECK(second.exit == 20);
  CHECK_THAT(second.err, ContainsSubstring("pid " + std::to_string(pid)));
  kill(pid, SIGKILL);
  CHECK(wait_for(pid) == 128 + SIGKILL);
  CHECK(session_status(folder).at("state") == "interrupted");
  folder.write("go", "");
  const Ran resumed = run_runbook({"resume"}, folder.path());
  CHECK(resumed.exit == 0);
  CHECK(resumed.out == "done: true\n");
}

TEST_CASE("Option --timeout ends the session with 124 and the run can go on", "[cli]") {
  const Folder folder;
  folder.write("waiting.lua", std::string(kWaiting));
  CHECK(run_runbook({"run", "waiting.lua", "--timeout", "300ms"}, folder.path()).exit == 124);
  folder.write("go", "");
  CHECK(run_runbook({"resume"}, folder.path()).exit == 0);
}

TEST_CASE("a dead stdout or stderr does not end a run", "[cli]") {
  const Folder folder;
  folder.write("fragile.lua", std::string(kFragile));
  folder.write("fixed", "");
  const std::string command = std::string(RUNBOOK_BINARY) + " run fragile.lua 2>&1 | true";
  run_program({"/bin/sh", "-c", command}, folder.path());
  REQUIRE(eventually([&] { return session_status(folder).at("state") != "running"; }));
  CHECK(session_status(folder).at("state") == "ok");
}

TEST_CASE("a recipe that does not load is exit 3, with its line, and leaves no run to resume",
          "[cli]") {
  const Folder folder;
  folder.write("broken.lua", "local x = 1\nstep('a' function() end)\n");
  const Ran ran = run_runbook({"run", "broken.lua"}, folder.path());
  CHECK(ran.exit == 3);
  CHECK_THAT(ran.err, ContainsSubstring("RB0202"));
  CHECK_THAT(ran.err, ContainsSubstring("broken.lua:2"));
  folder.write("broken.lua", "output { x = 1 }\n");
  CHECK(run_runbook({"run", "broken.lua"}, folder.path()).exit == 0);
  const Ran missing = run_runbook({"run", "brokn.lua"}, folder.path());
  CHECK(missing.exit == 3);
  CHECK_THAT(missing.err, ContainsSubstring("broken.lua"));
}

TEST_CASE("wrong parameters are reported together before anything happens", "[cli]") {
  const Folder folder;
  folder.write(
      "p.lua",
      "local p = recipe { params = { count = param.integer { min = 1 }, to = param.address "
      "{} } }\nstep('x', function() return p.count end)\n");
  const Ran ran = run_runbook({"run", "p.lua", "-p", "count=zero", "-p", "cuont=1"}, folder.path());
  CHECK(ran.exit == 2);
  for (const char* name : {"count", "cuont", "to"}) {
    CHECK_THAT(ran.err, ContainsSubstring(name));
  }
  CHECK_THAT(run_runbook({"runs"}, folder.path()).out, !ContainsSubstring("p.lua"));
}

TEST_CASE("a file named without a command is run", "[cli]") {
  const Folder folder;
  folder.write("fragile.lua", std::string(kFragile));
  folder.write("fixed", "");
  CHECK(run_runbook({"fragile.lua"}, folder.path()).out == "first: made\n");
}

TEST_CASE("Option --rerun runs a finished step again, and only that", "[cli]") {
  const Folder folder;
  folder.write("fragile.lua", std::string(kFragile));
  run_runbook({"run", "fragile.lua"}, folder.path());
  folder.write("fixed", "");
  CHECK(run_runbook({"resume", "--rerun", "first"}, folder.path()).exit == 0);
  CHECK(folder.read("effects") == "once\nonce\n");
  const Ran unknown = run_runbook({"resume", "--rerun", "frist"}, folder.path());
  CHECK(unknown.exit == 2);
  CHECK_THAT(unknown.err, ContainsSubstring("first"));
}

TEST_CASE("Steps that can be undone are recorded as such, items of an each too", "[cli]") {
  const Folder folder;
  folder.write("r.lua", R"(
step('plain', function() end)
step('undoable', { undo = function() end }, function() end)
each('many', { 'a' }, { undo = function() end }, function() end)
)");
  CHECK(run_runbook({"run", "r.lua"}, folder.path()).exit == 0);
  const std::string events = run_runbook({"show", "--output", "json"}, folder.path()).out;
  std::map<std::string, bool> recorded;
  std::istringstream lines(events);
  for (std::string line; std::getline(lines, line);) {
    const Json event = parse_json(line, "event");
    if (event.at("type") == "step.started") {
      recorded[event.at("step")] = event.value("has_undo", false);
    }
  }
  CHECK(recorded ==
        std::map<std::string, bool>{{"plain", false}, {"undoable", true}, {"many/a", true}});
}
