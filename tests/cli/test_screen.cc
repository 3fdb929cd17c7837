// The program on a terminal: which view it chooses, what it draws, what it asks, and that the
// terminal is left as it was. tests/view has the screens in full.

#include <sys/wait.h>

#include "engine/base/file.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/terminal.h"
#include "tests/tmux.h"

using namespace runbook;
using namespace runbook::test;

namespace {

std::string in(const Folder& folder, const std::string& arguments) {
  return "cd '" + folder.path().string() + "' && '" RUNBOOK_BINARY "' " + arguments +
         "; echo exit $?; stty -a | grep -o -- '-\\?echo '";
}

constexpr const char* kWork =
    "local process = require 'process'\n"
    "step('prepare', function() return 1 end)\n"
    "each('upgrade', { 'a', 'b' }, { jobs = 2, key = function(name) return name end }, "
    "function(name)\n"
    "  process.run { 'sh', '-c', 'echo working on ' .. name .. '; while [ ! -e go ]; do sleep "
    "0.01; done', idempotent = true }\n"
    "end)\n"
    "output { done = 'yes' }\n";

}  // namespace

TEST_CASE("On a terminal finished lines stay and running steps are drawn below them", "[screen]") {
  const Folder folder;
  folder.write("r.lua", kWork);
  const Tmux terminal(in(folder, "run r.lua"), 80, 24);
  CHECK(terminal.shows("working on a"));
  CHECK(terminal.shows("2 running"));
  CHECK(terminal.shows("● b"));
  folder.write("go", "");
  REQUIRE(terminal.shows("exit 0"));
  const std::string shown = terminal.shown();
  INFO(shown);
  for (const char* stays : {"✓ prepare", "✓ upgrade/a", "✓ upgrade/b", "is done", "done: yes"}) {
    CHECK_THAT(shown, ContainsSubstring(stays));
  }
  CHECK_THAT(shown, !ContainsSubstring("running"));
  CHECK_THAT(shown, !ContainsSubstring("working on"));
  CHECK_THAT(shown, ContainsSubstring("exit 0\necho"));  // typing is shown again
}

TEST_CASE("What is typed while a run is drawn leaves no trace in it", "[screen]") {
  const Folder folder;
  folder.write("r.lua", kWork);
  const Tmux terminal(in(folder, "run r.lua"), 80, 24);
  REQUIRE(terminal.shows("2 running"));
  REQUIRE(eventually([&] { return terminal.shown().find(" 1s") != std::string::npos; }));
  terminal.press("x Enter y Enter");
  folder.write("go", "");
  REQUIRE(terminal.shows("exit 0"));
  const std::string shown = terminal.shown();
  INFO(shown);
  CHECK_THAT(shown, !ContainsSubstring("running"));
  CHECK(shown.find("✓ prepare") == shown.rfind("✓ prepare"));
}

TEST_CASE("Without colour, without Unicode, and without a cursor to move", "[screen]") {
  const Folder folder;
  folder.write("r.lua", "step('prepare', function() return 1 end)\n");
  const auto shown = [&](const std::string& environment, const std::string& options) {
    const Tmux terminal("env " + environment + " sh -c '" + "cd \"" + folder.path().string() +
                            "\" && \"" RUNBOOK_BINARY "\" run r.lua --fresh " + options +
                            "; echo exit $?'",
                        80, 24);
    REQUIRE(terminal.shows("exit 0"));
    return terminal.shown(true);
  };
  const std::string green = "\x1b[32m";
  CHECK_THAT(shown("", ""), ContainsSubstring(green + "✓"));
  CHECK_THAT(shown("NO_COLOR=1", ""), !ContainsSubstring(green));
  CHECK_THAT(shown("", "--color never"), !ContainsSubstring(green));
  CHECK_THAT(shown("NO_COLOR=1", "--color always"), ContainsSubstring(green + "✓"));
  CHECK_THAT(shown("NO_COLOR=1 CLICOLOR_FORCE=1", ""), ContainsSubstring(green + "✓"));
  CHECK_THAT(shown("", "--output plain"), !ContainsSubstring(green));
  CHECK_THAT(shown("", "--output plain --color always"), ContainsSubstring(green + "ok"));
  CHECK_THAT(shown("LC_ALL=C NO_COLOR=1", ""), ContainsSubstring("ok   prepare"));
  CHECK_THAT(shown("TERM=dumb", ""), ContainsSubstring("ok          prepare"));
  CHECK_THAT(shown("GITHUB_ACTIONS=true", ""), ContainsSubstring("ok          prepare"));
  CHECK_THAT(shown("", "--output quiet"), !ContainsSubstring("prepare"));
}

TEST_CASE("A failure on a terminal is a card, and Ctrl-C says what the next one does", "[screen]") {
  const Folder folder;
  folder.write("r.lua",
               "local process = require 'process'\n"
               "step('break', function() process.run { 'sh', '-c', 'echo gone; exit 3' } end)\n");
  const Tmux failed(in(folder, "run r.lua"), 80, 24);
  REQUIRE(failed.shows("exit 1"));
  CHECK_THAT(failed.shown(), ContainsSubstring("╷ RB0612"));
  CHECK_THAT(failed.shown(), ContainsSubstring("│   gone"));
  folder.write("r.lua", kWork);
  const Tmux stopped(in(folder, "run r.lua --fresh"), 80, 24);
  REQUIRE(stopped.shows("2 running"));
  stopped.press("C-c");
  REQUIRE(stopped.shows("exit 130"));
  CHECK_THAT(stopped.shown(), ContainsSubstring("Ctrl-C again"));
  CHECK_THAT(stopped.shown(), ContainsSubstring("Stopped. State saved."));
  CHECK_THAT(stopped.shown(), ContainsSubstring("exit 130\necho"));
}

TEST_CASE("A resume on a terminal says what it keeps, what is next and what is expected then",
          "[screen]") {
  const Folder folder;
  folder.write("r.lua",
               "local process = require 'process'\n"
               "step('one', function() return 1 end)\n"
               "step('two', function()\n"
               "  process.run { 'test', '-e', 'go', idempotent = true }\n"
               "end)\n"
               "step('three', function() return 3 end)\n");
  folder.write("go", "");
  REQUIRE(run_runbook({"run", "r.lua"}, folder.path()).exit == 0);
  std::filesystem::remove(folder.path() / "go");
  REQUIRE(run_runbook({"run", "r.lua"}, folder.path()).exit == 1);
  folder.write("go", "");
  const Tmux terminal(in(folder, "resume"), 80, 24);
  REQUIRE(terminal.shows("exit 0"));
  const std::string shown = terminal.shown();
  INFO(shown);
  CHECK_THAT(shown, ContainsSubstring("  keep            one\n"));
  CHECK_THAT(shown, ContainsSubstring("  next            two (attempt 2)\n"));
  CHECK_THAT(shown, ContainsSubstring("  then            three (as in the last finished run"));
}

TEST_CASE("An interactive child has the terminal to itself while a run is drawn", "[screen]") {
  const Folder folder;
  folder.write("r.lua",
               "local process = require 'process'\n"
               "step('wait', function() process.run { 'sleep', '1.2', reads = true } end)\n"
               "step('log in', function()\n"
               "  process.run { 'sh', '-c', 'echo name?; read name; sleep 0.3; echo hello $name',\n"
               "    interactive = true }\n"
               "end)\n");
  const Tmux terminal(in(folder, "run r.lua"), 80, 24);
  REQUIRE(terminal.shows("name?"));
  terminal.press("anna Enter");
  REQUIRE(terminal.shows("exit 0"));
  const std::string shown = terminal.shown();
  INFO(shown);
  CHECK_THAT(shown, ContainsSubstring("name?\nanna\nhello anna\n"));
  CHECK_THAT(shown, ContainsSubstring("exit 0\necho"));
}

TEST_CASE("A gate is answered by a key at the terminal", "[screen]") {
  const Folder folder;
  folder.write("r.lua",
               "gate('go live', { show = { addresses = 19 } })\n"
               "step('after', function() return 1 end)\n");
  const Tmux terminal(in(folder, "run r.lua"), 80, 24);
  REQUIRE(terminal.shows("your choice:"));
  CHECK_THAT(terminal.shown(), ContainsSubstring("addresses: 19"));
  CHECK_THAT(terminal.shown(), ContainsSubstring("○ go live"));
  terminal.press("z Up a");  // only the last is a choice
  REQUIRE(terminal.shows("exit 0"));
  CHECK_THAT(terminal.shown(), ContainsSubstring("✓ after"));
  CHECK_THAT(terminal.shown(), !ContainsSubstring("your choice"));
  CHECK_THAT(terminal.shown(), ContainsSubstring("exit 0\necho"));
}

TEST_CASE("A question that is answered elsewhere is withdrawn from the terminal", "[screen]") {
  const Folder folder;
  folder.write("r.lua", "gate('go live')\n");
  const Tmux terminal(in(folder, "run r.lua"), 80, 24);
  REQUIRE(terminal.shows("your choice:"));
  REQUIRE(run_runbook({"approve", "@last", "go live"}, folder.path()).exit == 0);
  REQUIRE(terminal.shows("exit 0"));
  CHECK_THAT(terminal.shown(), !ContainsSubstring("your choice"));
}

TEST_CASE("What is typed as a secret is shown nowhere, and other answers as they are corrected",
          "[screen]") {
  const Folder folder;
  folder.write("r.lua",
               "local a = ask('log in', { password = param.secret {}, user = param.string {} })\n"
               "output { user = a.user }\n");
  const Tmux terminal(in(folder, "run r.lua"), 80, 24);
  REQUIRE(terminal.shows("not shown"));
  terminal.press("hunter2hunter2 Enter");
  REQUIRE(terminal.shows("user"));
  terminal.press("anmm BSpace BSpace na Enter");
  REQUIRE(terminal.shows("exit 0"));
  CHECK_THAT(terminal.shown(), !ContainsSubstring("hunter2"));
  CHECK_THAT(terminal.shown(), ContainsSubstring("user: anna"));
}

TEST_CASE("GitHub's runner is told first which values to mask, and nobody else is", "[screen]") {
  const Folder folder;
  folder.write("r.lua",
               "local p = recipe { params = { key = param.secret { env = 'DEPLOYER_KEY' } } }\n"
               "local process = require 'process'\n"
               "step('use', function()\n"
               "  process.run { 'sh', '-c', 'echo $KEY; exit 3', env = { KEY = p.key } }\n"
               "end)\n");
  const Ran in_github = run_runbook({"run", "r.lua"}, folder.path(),
                                    {{"GITHUB_ACTIONS", "true"},
                                     {"GITHUB_STEP_SUMMARY", "summary"},
                                     {"DEPLOYER_KEY", "correct-horse"}});
  CHECK(in_github.exit == 1);
  CHECK(in_github.err.starts_with("::add-mask::correct-horse\n"));
  CHECK(in_github.err.rfind("correct-horse") < 20);
  CHECK_THAT(folder.read("summary"), ContainsSubstring("RB0612"));
  CHECK_THAT(folder.read("summary"), !ContainsSubstring("correct-horse"));
  CHECK_THAT(in_github.err, ContainsSubstring("::error file=r.lua,line=4,title=RB0612 use::"));
  const Ran elsewhere = run_runbook({"run", "r.lua", "--fresh", "--output", "github"},
                                    folder.path(), {{"DEPLOYER_KEY", "correct-horse"}});
  CHECK_THAT(elsewhere.err, ContainsSubstring("::error file=r.lua"));
  CHECK_THAT(elsewhere.err, !ContainsSubstring("correct-horse"));
}

TEST_CASE("In a GitHub job what a program printed is no command, wherever it is shown again",
          "[screen]") {
  const Folder folder;
  folder.write(
      "r.lua",
      "local process = require 'process'\n"
      "step('use', function() process.run { 'echo', '##[error]not ours', reads = true } end)\n"
      "output { x = '##[error]not ours' }\n");
  const Environment github = {{"GITHUB_ACTIONS", "true"}};
  CHECK_THAT(run_runbook({"run", "r.lua", "--output", "plain"}, folder.path(), github).out,
             ContainsSubstring("not ours") && !ContainsSubstring("##["));
  CHECK_THAT(run_runbook({"logs"}, folder.path(), github).out,
             ContainsSubstring("not ours") && !ContainsSubstring("##["));
  CHECK_THAT(run_runbook({"logs"}, folder.path()).out, ContainsSubstring("##[error]not ours"));
}

TEST_CASE("A hundred times the output of a child costs no more memory", "[screen]") {
  const Folder folder;
  folder.write("r.lua",
               "local p = recipe { params = { megabytes = param.string {} } }\n"
               "local process = require 'process'\n"
               "step('print', function()\n"
               "  process.run { 'sh', '-c', 'yes 0123456789012345678901234567890123456789 | head "
               "-c ' .. p.megabytes .. 'M', idempotent = true }\n"
               "  return 1\n"
               "end)\n");
  const auto peak = [&](const std::string& megabytes) {
    const Ran ran =
        run_program({"/bin/bash", "-c",
                     "ulimit -c 0; '" RUNBOOK_BINARY "' run r.lua --fresh -p "
                     "megabytes=" +
                         megabytes +
                         " --output quiet & pid=$!; peak=0; "
                         "while kill -0 $pid 2> /dev/null; do "
                         "now=$(grep VmHWM /proc/$pid/status 2> /dev/null | tr -dc 0-9); "
                         "peak=${now:-$peak}; sleep 0.01; done; wait $pid && echo $peak"},
                    folder.path());
    REQUIRE(ran.exit == 0);
    return std::stod(ran.out) / 1024;
  };
  const double little = peak("2");
  const double much = peak("200");
  INFO(little << " MB, " << much << " MB");
  CHECK(much < little + 8);
}
