// cancel, --cancel-on-failure and undo, by the real program.

#include <csignal>

#include <sqlite3.h>

#include "engine/base/json.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/terminal.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// Registers a finally before and one after the step that fails; each writes a line to "log".
constexpr std::string_view kFailing = R"(
local process = require 'process'
local function note(text)
  process.run { 'sh', '-c', 'echo "$0" >> log', text }
end
finally(function() note 'finally 1' end)
step('set up', function() note 'set up' end)
finally(function() note 'finally 2' end)
step('work', function() fail 'cannot' end)
finally(function() note 'never registered' end)
)";

/// Three steps that can be undone, the second with one inside; each writes a line to "log".
constexpr std::string_view kUndoable = R"(
local process = require 'process'
local function note(text)
  process.run { 'sh', '-c', 'echo "$0" >> log', text }
end
local function back(result)
  note('undo ' .. result)
end
finally(function() note 'finally' end)
step('one', { undo = back }, function() note 'one' return 'one' end)
step('two', { undo = back }, function()
  step('inside', { undo = back }, function() return 'inside' end)
  return 'two'
end)
each('items', { 'a', 'b' }, { undo = back }, function(item) return item end)
)";

Json status_of(const Folder& folder) {
  return parse_json(run_runbook({"status", "--output", "json"}, folder.path()).out, "status");
}

Ran run(const Folder& folder, const std::vector<std::string>& arguments) {
  return run_runbook(arguments, folder.path());
}

}  // namespace

TEST_CASE("cancel ends a failed run: what it registered as finally runs, and nothing else") {
  const Folder folder;
  folder.write("r.lua", std::string(kFailing));
  CHECK(run(folder, {"run", "r.lua"}).exit == 1);
  CHECK(folder.read("log") == "set up\n");
  folder.write("r.lua", "this is (no recipe");  // the recorded one counts
  const Ran cancelled = run(folder, {"cancel", "@last", "--reason", "not needed"});
  INFO(cancelled.err);
  CHECK(cancelled.exit == 0);
  CHECK(folder.read("log") == "set up\nfinally 2\nfinally 1\n");
  CHECK(status_of(folder).at("state") == "cancelled");
  CHECK(status_of(folder).at("exit") == 0);  // what the cancel said itself
  const Ran again = run(folder, {"cancel", "@last"});
  CHECK(again.exit == 2);
  CHECK_THAT(again.err, ContainsSubstring("RB0109"));
}

TEST_CASE("cancel stops whoever drives the run, then its finally runs there, exit 143") {
  const Folder folder;
  folder.write("r.lua", R"lua(
local process = require 'process'
finally(function()
  process.run { 'sh', '-c', 'kill -0 "$(cat child)" 2>/dev/null && echo alive >> log; echo finally >> log' }
end)
step('long', function()
  process.run { 'sh', '-c', 'echo $$ > child; echo began > begun; exec sleep 600' }
end)
step('next', function() process.run { 'sh', '-c', 'echo next >> log' } end)
)lua");
  const int driver = start_runbook({"run", "r.lua"}, folder.path());
  REQUIRE(eventually([&] { return std::filesystem::exists(folder.path() / "begun"); }));
  const Ran cancelled = run(folder, {"cancel", "@last", "--reason", "wrong day"});
  INFO(cancelled.err);
  CHECK(cancelled.exit == 0);
  CHECK(wait_for(driver) == 143);
  INFO(folder.read("background.out"));
  CHECK(folder.read("log") == "finally\n");
  CHECK(::kill(std::stoi(folder.read("child")), 0) == -1);
  CHECK(status_of(folder).at("state") == "cancelled");
  CHECK(status_of(folder).at("exit") == 143);
}

TEST_CASE("a cancel whose finally fails is gone on with by resume, whatever the file says now") {
  const Folder folder;
  folder.write("r.lua", R"(
local process = require 'process'
finally(function() process.run { 'sh', '-c', 'test -e mended && echo done >> log' } end)
step('work', function() fail 'cannot' end)
)");
  run(folder, {"run", "r.lua"});
  CHECK(run(folder, {"cancel", "@last"}).exit == 1);
  CHECK(status_of(folder).at("state") == "failed");
  folder.write("mended", "");
  folder.write("r.lua", "(");
  const Ran resumed = run(folder, {"resume"});
  INFO(resumed.err);
  CHECK(resumed.exit == 143);
  CHECK(folder.read("log") == "done\n");
  CHECK(status_of(folder).at("state") == "cancelled");
}

TEST_CASE("a cancel that cannot look where the recipe looked stops, and does not skip a finally") {
  const Folder folder;
  folder.write("r.lua", R"(
local fs = require 'fs'
local process = require 'process'
setup(function() return fs.read('config') end)
finally(function() process.run { 'sh', '-c', 'echo finally >> log' } end)
step('work', function() fail 'cannot' end)
)");
  folder.write("config", "x");
  CHECK(run(folder, {"run", "r.lua"}).exit == 1);
  std::filesystem::remove(folder.path() / "config");
  const Ran stopped = run(folder, {"cancel", "@last"});
  INFO(stopped.err);
  CHECK(stopped.exit == 1);
  CHECK_THAT(stopped.err, ContainsSubstring("RB0801"));
  CHECK(status_of(folder).at("state") == "failed");
  folder.write("config", "x");
  CHECK(run(folder, {"resume"}).exit == 143);
  CHECK(folder.read("log") == "finally\n");
}

TEST_CASE("a file that did not compile is no source of the run: cancel takes the last that did") {
  const Folder folder;
  folder.write("lib/more.lua", "return { note = 'finally' }");
  folder.write("r.lua", R"(
local process = require 'process'
step('first', function() end)
local more = require 'more'
finally(function() process.run { 'sh', '-c', 'echo "$0" >> log', more.note } end)
step('work', function() fail 'cannot' end)
)");
  CHECK(run(folder, {"run", "r.lua"}).exit == 1);
  folder.write("lib/more.lua", "return (");
  const Ran broken = run(folder, {"resume"});
  CHECK_THAT(broken.err, ContainsSubstring("RB0202"));
  const Ran cancelled = run(folder, {"cancel", "@last"});
  INFO(cancelled.err);
  CHECK(cancelled.exit == 0);
  CHECK(folder.read("log") == "finally\n");
}

TEST_CASE(
    "run --cancel-on-failure ends a failed run for good, the exit stays that of the failure") {
  const Folder folder;
  folder.write("r.lua", std::string(kFailing));
  const Ran failed = run(folder, {"run", "r.lua", "--cancel-on-failure"});
  INFO(failed.err);
  CHECK(failed.exit == 1);
  CHECK(folder.read("log") == "set up\nfinally 2\nfinally 1\n");
  CHECK(status_of(folder).at("state") == "cancelled");
  CHECK(run(folder, {"run", "r.lua"}).exit == 1);  // no unfinished run stands in the way
}

TEST_CASE("cancel and undo need the secrets of the run again") {
  const Folder folder;
  folder.write("r.lua", R"(
local process = require 'process'
local p = recipe { params = { key = param.secret { help = 'a key' } } }
finally(function() process.run { 'sh', '-c', 'printf %s "$KEY" > used', env = { KEY = p.key } } end)
step('work', { undo = function() end }, function() return 1 end)
step('fails', function() fail 'cannot' end)
)");
  run(folder, {"run", "r.lua", "-p", "key=correct-horse"});
  CHECK(run(folder, {"undo", "@last", "--yes"}).exit == 2);
  const Ran without = run(folder, {"cancel", "@last"});
  CHECK(without.exit == 2);
  CHECK_THAT(without.err, ContainsSubstring("key"));
  const Ran with = run(folder, {"cancel", "@last", "-p", "key=correct-horse"});
  INFO(with.err);
  CHECK(with.exit == 0);
  CHECK(folder.read("used") == "correct-horse");
}

TEST_CASE("undo takes back what a finished run did, backwards, with each step's own result") {
  const Folder folder;
  folder.write("r.lua", std::string(kUndoable));
  CHECK(run(folder, {"run", "r.lua"}).exit == 0);
  folder.write("r.lua", "(");
  const Ran asked = run(folder, {"undo", "@last"});
  CHECK(asked.exit == 2);
  CHECK_THAT(asked.err, ContainsSubstring("--yes"));
  CHECK(status_of(folder).at("state") == "ok");
  const Ran undone = run(folder, {"undo", "@last", "--yes", "--reason", "rehearsal"});
  INFO(undone.err);
  CHECK(undone.exit == 0);
  CHECK(undone.err.find("items/b") < undone.err.find("two/inside"));
  CHECK(folder.read("log") == "one\nfinally\nundo b\nundo a\nundo two\nundo inside\nundo one\n");
  CHECK(status_of(folder).at("state") == "undone");
  const Ran again = run(folder, {"undo", "@last", "--yes"});
  CHECK(again.exit == 0);
  CHECK_THAT(again.err, ContainsSubstring("Nothing left to do"));
}

TEST_CASE("undo lists what it will do and asks, no changes nothing") {
  const Folder folder;
  folder.write("r.lua", std::string(kUndoable));
  run(folder, {"run", "r.lua"});
  TerminalProgram terminal(
      {RUNBOOK_BINARY, "undo", "@last", "--state", (folder.path() / ".runbook").string()},
      {{"CI", ""}});
  REQUIRE(terminal.shows("items/b"));
  REQUIRE(terminal.shows("Undo?"));
  terminal.type("n\n");
  CHECK(terminal.shows("Nothing was changed"));
  CHECK(WEXITSTATUS(terminal.wait()) == 12);
  CHECK(folder.read("log") == "one\nfinally\n");
}

TEST_CASE("an undo that fails keeps what it did, resume refuses to go on, undo goes on there") {
  const Folder folder;
  folder.write("r.lua", R"(
local process = require 'process'
local function sh(text) process.run { 'sh', '-c', text } end
step('one', { undo = function() sh 'echo one >> log' end }, function() end)
step('two', { undo = function() sh 'test -e mended && echo two >> log' end }, function() end)
step('three', { undo = function() sh 'echo three >> log' end }, function() end)
)");
  run(folder, {"run", "r.lua"});
  const Ran failed = run(folder, {"undo", "@last", "--yes"});
  INFO(failed.err);
  CHECK(failed.exit == 1);
  CHECK_THAT(failed.err, ContainsSubstring("undo/two"));
  CHECK_THAT(failed.err, ContainsSubstring("Next:  runbook undo "));
  CHECK(folder.read("log") == "three\n");
  const Ran resumed = run(folder, {"resume"});
  CHECK(resumed.exit == 12);
  CHECK_THAT(resumed.err, ContainsSubstring("RB1222"));
  const Ran rewound = run(folder, {"rewind", "@last", "--to", "one", "--yes"});
  CHECK(rewound.exit == 12);
  folder.write("mended", "");
  const Ran undone = run(folder, {"undo", "@last", "--yes"});
  INFO(undone.err);
  CHECK(undone.exit == 0);
  CHECK(folder.read("log") == "three\ntwo\none\n");
}

TEST_CASE("undo refuses before it acts if a function is gone, --except leaves that step as it is") {
  const Folder folder;
  folder.write("r.lua", R"(
local fs = require 'fs'
local process = require 'process'
local function back(text) return function() process.run { 'sh', '-c', 'echo "$0" >> log', text } end end
step('outer', function()
  fs.write('file', 'x')
  step('hidden', { undo = back 'hidden' }, function() end)
end)
step('last', { undo = back 'last' }, function() end)
)");
  run(folder, {"run", "r.lua"});
  const Ran refused = run(folder, {"undo", "@last", "--yes"});
  INFO(refused.err);
  CHECK(refused.exit == 12);
  CHECK_THAT(refused.err, ContainsSubstring("RB1221"));
  CHECK_THAT(refused.err, ContainsSubstring("outer/hidden"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "log"));
  CHECK(status_of(folder).at("state") == "ok");
  const Ran unknown = run(folder, {"undo", "@last", "--yes", "--except", "outer/hiden"});
  CHECK(unknown.exit == 2);
  CHECK_THAT(unknown.err, ContainsSubstring("outer/hidden"));
  const Ran undone = run(folder, {"undo", "@last", "--yes", "--except", "outer/hidden"});
  INFO(undone.err);
  CHECK(undone.exit == 0);
  CHECK(folder.read("log") == "last\n");
  CHECK(status_of(folder).at("state") == "undone");
}

TEST_CASE("undo refuses a run that somebody drives, and has nothing to do for one without undo") {
  const Folder folder;
  folder.write("r.lua", R"(
step('one', { undo = function() end }, function() end)
step('two', function() require('fs').write('begun', '') end)
sleep('nap', '10m')
)");
  const int driver = start_runbook({"run", "r.lua"}, folder.path());
  REQUIRE(eventually([&] { return std::filesystem::exists(folder.path() / "begun"); }));
  const Ran refused = run(folder, {"undo", "@last", "--yes"});
  CHECK(refused.exit == 20);
  CHECK_THAT(refused.err, ContainsSubstring("RB2001"));
  ::kill(driver, SIGTERM);
  CHECK(wait_for(driver) == 143);
  folder.write("plain.lua", "step('one', function() end)");
  run(folder, {"run", "plain.lua"});
  const Ran nothing = run(folder, {"undo", "@last", "--yes"});
  CHECK(nothing.exit == 0);
  CHECK_THAT(nothing.err, ContainsSubstring("Nothing to undo"));
}

TEST_CASE(
    "a service that is gone stops neither undo nor cancel, a finally may stop one that runs") {
  const Folder folder;
  folder.write("r.lua", R"(
local service = require 'service'
finally(function() service.stop { name = 'nap' } end)
step('start', { undo = function() require('process').run { 'sh', '-c', 'echo undone >> log' } end }, function()
  service.start { 'sleep', '600', name = 'nap' }
end)
step('work', function() fail 'cannot' end)
)");
  const bool gone = GENERATE(false, true);
  const std::string end = GENERATE("cancel", "undo");
  const Ran failed = run(folder, {"run", "r.lua"});
  INFO(failed.err);
  REQUIRE(failed.exit == 1);
  const Ran services = run(folder, {"services"});
  const std::size_t at = services.out.find("pid ");
  INFO(services.out);
  REQUIRE(at != std::string::npos);
  const int pid = std::stoi(services.out.substr(at + 4));
  if (gone) {
    ::kill(pid, SIGKILL);
    REQUIRE(eventually([&] { return ::kill(pid, 0) == -1; }));
  }
  std::vector<std::string> command{end, "@last"};
  if (end == "undo") {
    command.emplace_back("--yes");
  }
  const Ran ended = run(folder, command);
  INFO(ended.err);
  CHECK(ended.exit == 0);
  CHECK(eventually([&] { return ::kill(pid, 0) == -1; }));
}

TEST_CASE("without its recorded source a run is neither cancelled nor undone, and that is said") {
  const Folder folder;
  folder.write("r.lua", std::string(kFailing));
  run(folder, {"run", "r.lua"});
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((folder.path() / ".runbook/state.db").c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database, "DELETE FROM blob", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
  const Ran cancelled = run(folder, {"cancel", "@last"});
  CHECK(cancelled.exit == 50);
  CHECK_THAT(cancelled.err, ContainsSubstring("the recorded source of r.lua is gone"));
  CHECK(folder.read("log") == "set up\n");
}
