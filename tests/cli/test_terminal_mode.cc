// What a shell finds when a prompt is left by Ctrl-Z, Ctrl-\ or a signal: a terminal that shows
// what is typed; and that a prompt which is continued works as before. dash leaves a terminal as it
// finds it, bash puts its own settings back.

#include <fmt/core.h>
#include <signal.h>

#include "engine/base/file.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/tmux.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// A shell on a terminal, with job control, in a folder.
class Shell {
 public:
  Shell(const std::string& program, const Folder& folder)
      : terminal(fmt::format("cd '{}' && PS1='$ ' exec {}", folder.path().string(), program), 80,
                 24) {
    REQUIRE(terminal.shows("$"));
  }

  void type(const std::string& line) const { terminal.press(fmt::format("-l '{}'", line)); }
  void enter(const std::string& line) const {
    type(line);
    terminal.press("Enter");
  }
  /// The shell has the terminal again, which shows what is typed, by lines.
  bool is_usual() const {
    static int count = 0;
    // What is typed may be shown before the prompt, and the answer behind it in the same line.
    enter(fmt::format("echo told {}: $(stty -a | grep -c -w -e -echo -e -icanon)", ++count));
    return terminal.shows(fmt::format("told {}: 0", count));
  }

  const Tmux terminal;
};

constexpr const char* kQuestions =
    "local a = ask('log in', { user = param.string {}, word = param.secret {} })\n"
    "output { user = a.user }\n";

}  // namespace

TEST_CASE("A prompt of a driven run leaves a shell its terminal, and goes on with fg",
          "[terminal]") {
  const std::string program = GENERATE("dash", "bash --norc --noprofile");
  const std::string options = GENERATE("", "--output plain");
  INFO(program << " " << options);
  const Folder folder;
  folder.write("r.lua", kQuestions);
  const Shell shell(program, folder);
  shell.enter(R"(sh -c "echo \$\$ > pid; exec )" RUNBOOK_BINARY " run r.lua " + options + "\"");
  REQUIRE(shell.terminal.shows("user:"));
  const std::string stat = fmt::format("/proc/{}/stat", std::stoi(folder.read("pid")));
  // What is typed before it has stopped may be its own.
  const auto is_stopped = [&] { return read_file(stat).find(") T ") != std::string::npos; };
  shell.terminal.press("C-z");
  REQUIRE(eventually(is_stopped));
  CHECK(shell.is_usual());
  shell.enter("fg");
  shell.enter("anna");
  REQUIRE(shell.terminal.shows("not shown"));
  shell.terminal.press("C-z");
  REQUIRE(eventually(is_stopped));
  REQUIRE(shell.is_usual());
  shell.enter("fg; echo ended");
  shell.enter("hunter2hunter2");
  REQUIRE(shell.terminal.shows("\nended"));
  CHECK(shell.is_usual());
  INFO(shell.terminal.shown());
  CHECK_THAT(shell.terminal.shown(), ContainsSubstring("user: anna"));
  CHECK_THAT(shell.terminal.shown(), !ContainsSubstring("hunter2"));
}

TEST_CASE("However a prompt is ended, a shell finds a terminal that shows what is typed",
          "[terminal]") {
  const bool is_driven = GENERATE(true, false);
  const bool is_hidden = GENERATE(false, true);
  const std::string end = GENERATE("C-c", "'C-\\'", "TERM");
  INFO(is_driven << " " << is_hidden << " " << end);
  const Folder folder;
  folder.write("r.lua", kQuestions);
  if (!is_driven) {
    REQUIRE(run_runbook({"run", "r.lua"}, folder.path()).exit == 10);
  }
  const Shell shell("dash", folder);
  shell.enter("ulimit -c 0");
  shell.enter(R"(sh -c "echo \$\$ > pid; exec )" RUNBOOK_BINARY +
              std::string(is_driven ? R"( run r.lua")" : R"( answer @last \"log in\"")"));
  REQUIRE(shell.terminal.shows("user:"));
  if (is_hidden) {
    shell.enter("anna");
    REQUIRE(shell.terminal.shows("word"));
  }
  const int pid = std::stoi(folder.read("pid"));
  if (end == "TERM") {
    kill(pid, SIGTERM);
  } else {
    shell.terminal.press(end);
  }
  // What is typed while it still ends may be its own: the shell is asked once it is gone.
  CHECK(eventually([&] { return kill(pid, 0) != 0; }));
  CHECK(shell.is_usual());
}
