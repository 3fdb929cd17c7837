// Stopping a session: Ctrl-C once, twice, three times on a terminal, a hang-up, a dead stderr,
// kill -9; and what the next session finds.

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/io/process_table.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/terminal.h"

using namespace runbook;
using namespace runbook::test;

namespace {

// runbook on a terminal of its own, in `folder`.
std::vector<std::string> on_terminal(const Folder& folder, const std::string& arguments) {
  return {"/bin/sh", "-c",
          "cd '" + folder.path().string() + "' && exec '" RUNBOOK_BINARY "' " + arguments};
}

int exit_of(TerminalProgram& program) {
  const int status = program.wait();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// One step that runs `script`, which tells the test through the file `told`.
void write_recipe(const Folder& folder, const std::string& script, const std::string& more = "") {
  folder.write("work.sh", script);
  folder.write("r.lua",
               "local process = require 'process'\n"
               "step('work', function() return process.run { 'sh', 'work.sh'" +
                   more + " }.stdout end)\n" + "print('after it')\n");
}

bool has_told(const Folder& folder, const std::string& word) {
  return eventually([&] {
    return access((folder.path() / "told").c_str(), R_OK) == 0 &&
           folder.read("told").find(word) != std::string::npos;
  });
}

bool is_running(int pid) {
  const auto entry = find_process(pid);
  return entry && entry->is_alive();
}

constexpr const char* kLoop = "while :; do sleep 0.01; done\n";

}  // namespace

TEST_CASE("Ctrl-C lets a child that saves finish, and its result is kept", "[cli]") {
  const Folder folder;
  write_recipe(folder, std::string("trap 'echo saved; exit 0' INT\necho ready >> told\n") + kLoop);
  {
    TerminalProgram program(on_terminal(folder, "run r.lua"));
    REQUIRE(has_told(folder, "ready"));
    program.press_control('c');
    CHECK(exit_of(program) == 130);
    CHECK(program.echoes());
  }
  const Ran resumed = run_runbook({"resume", "@last"}, folder.path());
  CHECK(resumed.exit == 0);
  CHECK(folder.read("told") == "ready\n");  // not run again
}

TEST_CASE("A second Ctrl-C terminates, a third kills", "[cli]") {
  const Folder folder;
  write_recipe(folder, std::string("trap 'echo INT >> told' INT\ntrap 'echo TERM >> told' TERM\n"
                                   "echo $$ ready >> told\n") +
                           kLoop);
  TerminalProgram program(on_terminal(folder, "run r.lua"));
  REQUIRE(has_told(folder, "ready"));
  const int child = std::stoi(folder.read("told"));
  program.press_control('c');
  REQUIRE(has_told(folder, "INT"));
  CHECK(is_running(child));
  program.press_control('c');
  REQUIRE(has_told(folder, "TERM"));
  program.press_control('c');
  CHECK(exit_of(program) == 130);
  CHECK(eventually([&] { return !is_running(child); }));
  const Ran resumed = run_runbook({"resume", "@last", "--no-input"}, folder.path());
  CHECK(resumed.exit == 11);  // nobody can tell what it did
}

TEST_CASE("SIGTERM and a closed terminal terminate the children and save the state", "[cli]") {
  const Folder folder;
  write_recipe(folder,
               std::string("trap 'echo TERM >> told; exit 0' TERM\necho ready >> told\n") + kLoop);
  int status = 0;
  {
    TerminalProgram program(on_terminal(folder, "run r.lua"));
    REQUIRE(has_told(folder, "ready"));
    SECTION("SIGTERM") {
      kill(program.pid(), SIGTERM);
    }
    SECTION("closed terminal") {
      program.hang_up();
    }
    status = exit_of(program);
  }
  CHECK(status == 143);
  CHECK(has_told(folder, "TERM"));
  CHECK(run_runbook({"resume", "@last"}, folder.path()).exit == 0);
}

TEST_CASE("A child that asks the terminal fails at once and leaves it alone", "[cli]") {
  const Folder folder;
  write_recipe(folder, "read answer < /dev/tty\n");
  TerminalProgram program(on_terminal(folder, "run r.lua"));
  CHECK(exit_of(program) == 1);
  CHECK(program.echoes());
}

TEST_CASE("An interactive child gets the terminal and gives it back", "[cli]") {
  const Folder folder;
  write_recipe(folder, "stty -echo\necho name?\nread name < /dev/tty\necho $name >> told\n",
               ", interactive = true");
  TerminalProgram program(on_terminal(folder, "run r.lua"));
  REQUIRE(program.shows("name?"));
  program.type("anna\n");
  CHECK(exit_of(program) == 0);
  CHECK(folder.read("told") == "anna\n");
  CHECK(program.echoes());
}

TEST_CASE("A dead stderr switches the view off, not the run", "[cli]") {
  const Folder folder;
  write_recipe(folder,
               "echo ready >> told\nwhile [ ! -e go ]; do sleep 0.01; done\necho end >> told");
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const int pid = fork();
  if (pid == 0) {
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    if (chdir(folder.path().c_str()) == 0) {
      execl(RUNBOOK_BINARY, "runbook", "run", "r.lua", nullptr);
    }
    _exit(127);
  }
  close(ends[1]);
  REQUIRE(has_told(folder, "ready"));
  close(ends[0]);  // whoever writes there now gets EPIPE
  folder.write("go", "");
  CHECK(wait_for(pid) == 0);
  CHECK(has_told(folder, "end"));
}

TEST_CASE("A grandchild of a killed engine is dead before the next session acts", "[cli]") {
  const Folder folder;
  folder.write("work.sh",
               "env --default-signal=INT sh grandchild.sh &\n"
               "while [ ! -e told ]; do sleep 0.01; done; wait\n");
  folder.write("grandchild.sh", std::string("trap 'sleep 1; exit' INT\necho $$ >> told\n") +
                                    "while :; do echo x >> effects; sleep 0.01; done\n");
  folder.write("r.lua",
               "local process = require 'process'\n"
               "step('work', { idempotent = true }, function()\n"
               "  process.run { 'sh', '-c', 'test ! -e effects || { mv effects before; exit 0; }; "
               "exec sh work.sh', idempotent = true }\n"
               "end)\n"
               "step('look', function() process.run { 'sh', '-c', 'sleep 0.1; test ! -e effects', "
               "reads = true } end)\n");
  const int pid = start_runbook({"run", "r.lua"}, folder.path());
  REQUIRE(has_told(folder, "\n"));
  const int grandchild = std::stoi(folder.read("told"));
  kill(pid, SIGKILL);
  wait_for(pid);
  const Ran resumed = run_runbook({"resume", "@last"}, folder.path());
  CHECK(resumed.exit == 0);  // `look` saw no new effects
  CHECK_FALSE(is_running(grandchild));
}

TEST_CASE("A resumed run waits for what is left of the killed one, naming the pids", "[cli]") {
  const Folder folder;
  folder.write("work.sh",
               "trap '' INT TERM\necho $$ >> told\nwhile [ ! -e leave ]; do sleep 0.01; done\n");
  folder.write("r.lua",
               "local process = require 'process'\n"
               "step('work', { idempotent = true }, function()\n"
               "  process.run { 'sh', '-c', 'test ! -e told || { echo acted > acted; exit 0; }; "
               "exec sh work.sh', idempotent = true }\n"
               "end)\n");
  const int killed = start_runbook({"run", "r.lua"}, folder.path());
  REQUIRE(has_told(folder, "\n"));
  const int child = std::stoi(folder.read("told"));
  kill(killed, SIGKILL);
  wait_for(killed);
  const int resumed = start_runbook({"resume", "@last"}, folder.path());
  const std::string named =
      "waiting: ends processes of the previous session: pids " + std::to_string(child);
  const bool waited =
      eventually([&] { return folder.read("background.out").find(named) != std::string::npos; });
  const bool acted_beside_it = access((folder.path() / "acted").c_str(), R_OK) == 0;
  const bool was_alive = is_running(child);
  folder.write("leave", "");  // else the reaper kills it when its patience ends
  CHECK(wait_for(resumed) == 0);
  INFO(folder.read("background.out"));
  CHECK(waited);
  CHECK(was_alive);
  CHECK_FALSE(acted_beside_it);
  CHECK(folder.read("acted") == "acted\n");
  CHECK_FALSE(is_running(child));
}

TEST_CASE("A service that died and that a step stopped is not missed by a resume", "[cli]") {
  const Folder folder;
  folder.write("r.lua",
               "local process, service = require 'process', require 'service'\n"
               "local pid = step('start', function()\n"
               "  return service.start { 'sleep', '600', name = 'short' }.pid\n"
               "end)\n"
               "step('kill', function() process.run { 'kill', '-9', pid } end)\n"
               "step('gone', function()\n"
               "  wait_until('dead', function() return not service.status('short').running end)\n"
               "end)\n"
               "step('stop', function() service.stop 'short' end)\n"
               "step('last', function() process.run { 'test', '-e', 'go', reads = true } end)\n");
  const Ran failed = run_runbook({"run", "r.lua"}, folder.path());
  INFO(failed.err);
  CHECK(failed.exit == 1);
  folder.write("go", "");
  const Ran resumed = run_runbook({"resume"}, folder.path());
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
}

TEST_CASE("A service outlives its killed engine and is found again", "[cli]") {
  const Folder folder;
  folder.write("r.lua",
               "local process, service = require 'process', require 'service'\n"
               "local node = step('start', function()\n"
               "  return service.start { 'sh', '-c', 'echo up; exec sleep 300', name = 'node',\n"
               "    ready = { log = 'up' } }\n"
               "end)\n"
               "step('wait', function() process.run { 'sh', '-c', 'echo ready >> told; "
               "test -e go || exec sleep 300', reads = true } end)\n"
               "step('look', function() process.run { 'kill', '-0', node.pid, reads = true } end)\n"
               "finally(function() service.stop('node') end)\n"
               "output { pid = node.pid }\n");
  const int pid = start_runbook({"run", "r.lua"}, folder.path());
  REQUIRE(has_told(folder, "ready"));
  kill(pid, SIGKILL);
  wait_for(pid);
  folder.write("go", "");
  const Ran resumed = run_runbook({"resume", "@last"}, folder.path());
  CHECK(resumed.exit == 0);
  const std::size_t at = resumed.out.find("pid: ");
  REQUIRE(at != std::string::npos);
  CHECK_FALSE(is_running(std::stoi(resumed.out.substr(at + 5))));  // stopped in the end
}
