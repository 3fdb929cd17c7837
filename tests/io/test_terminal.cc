// The terminal handed to an interactive child, and the signals of a session, through a
// pseudo-terminal.

#include <signal.h>
#include <sys/wait.h>

#include "tests/catch.h"
#include "tests/terminal.h"

namespace {

std::vector<std::string> interactive(const std::string& script) {
  return {PROCESS_PROGRAM, "interactive", "sh", "-c", script};
}

std::vector<std::string> stoppable(const std::string& script) {
  return {PROCESS_PROGRAM, "stoppable", "sh", "-c", script};
}

}  // namespace

TEST_CASE("An interactive child reads the terminal, which comes back as it was", "[terminal]") {
  TerminalProgram program(
      interactive("stty -echo; echo name?; read name < /dev/tty; echo hello $name; exit 7"));
  REQUIRE(program.shows("name?"));
  program.type("anna\n");
  CHECK(program.shows("hello anna"));
  CHECK(program.shows("engine: exit 7"));
  CHECK(program.shows("engine: foreground yes, echo yes"));
  CHECK(program.wait() == 0);
}

TEST_CASE("Ctrl-C reaches an interactive child and not the engine", "[terminal]") {
  TerminalProgram program(interactive("echo ready; exec sleep 300"));
  REQUIRE(program.shows("ready"));
  program.press_control('c');
  CHECK(program.shows("engine: exit -1 signal 2"));
  CHECK(program.shows("foreground yes"));
  CHECK(program.wait() == 0);
}

TEST_CASE("Ctrl-Z does not leave an interactive child stopped where nobody can wake it",
          "[terminal]") {
  TerminalProgram program(interactive("echo ready; read line; echo got $line"));
  REQUIRE(program.shows("ready"));
  program.press_control('z');
  program.type("x\n");
  CHECK(program.shows("got"));
  CHECK(program.wait() == 0);
}

TEST_CASE("Each Ctrl-C raises the level: interrupt, terminate, kill", "[terminal]") {
  TerminalProgram program(
      stoppable("trap 'echo child: INT' INT; trap 'echo child: TERM' TERM; echo ready; "
                "while :; do sleep 0.01; done"));
  REQUIRE(program.shows("ready"));
  program.press_control('c');
  CHECK(program.shows("level 1 by signal 2"));
  CHECK(program.shows("child: INT"));
  program.press_control('c');
  CHECK(program.shows("level 2 by signal 2"));
  CHECK(program.shows("child: TERM"));
  program.press_control('c');
  CHECK(program.shows("level 3 by signal 2"));
  CHECK(program.shows("engine: exit -1 signal 9"));
  CHECK(program.wait() == 0);
}

TEST_CASE("A child that saves on Ctrl-C is waited for", "[terminal]") {
  TerminalProgram program(stoppable(
      "trap 'sleep 0.2; echo saved; exit 0' INT; echo ready; while :; do sleep 0.01; done"));
  REQUIRE(program.shows("ready"));
  program.press_control('c');
  CHECK(program.shows("saved"));
  CHECK(program.shows("engine: exit 0"));
  CHECK(program.wait() == 0);
}

TEST_CASE("SIGTERM and a closed terminal terminate at once", "[terminal]") {
  TerminalProgram program(
      stoppable("trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done"));
  REQUIRE(program.shows("ready"));
  SECTION("SIGTERM") {
    kill(program.pid(), SIGTERM);
    CHECK(program.shows("level 2 by signal 15"));
    CHECK(program.shows("engine: exit 3"));
    CHECK(program.wait() == 0);
  }
  SECTION("closed") {
    program.hang_up();
    CHECK(program.wait() == 0);
  }
}
