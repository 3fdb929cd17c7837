#include <linux/sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/io/process_table.h"
#include "engine/io/reaper.h"
#include "tests/base/temporary_folder.h"
#include "tests/catch.h"
#include "tests/io/process_fixture.h"
#include "tests/terminal.h"

using namespace runbook;
using namespace std::chrono_literals;

namespace {

bool is_alive(int pid) {
  const auto entry = find_process(pid);
  return entry && entry->is_alive();
}

// The reapers that this very process started.
void collect_children() {
  while (waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

int free_pid() {
  int number = getpid() + 500;
  while (find_process(number)) {
    ++number;
  }
  return number;
}

// Until the reader has taken what the pipe holds, and one tick of its clock more.
void wait_until_read(int pipe) {
  for (int left = 1; left > 0 && ioctl(pipe, FIONREAD, &left) == 0;) {
    usleep(1'000);
  }
  const auto tick = ticks_since_boot();
  while (ticks_since_boot() < tick + 2) {
    usleep(1'000);
  }
}

// A child in a session of its own with this very number; negative where that is not permitted.
int fork_as(int number) {
  pid_t wanted = number;
  clone_args arguments{};
  arguments.exit_signal = SIGCHLD;
  arguments.set_tid = reinterpret_cast<std::uintptr_t>(&wanted);
  arguments.set_tid_size = 1;
  const long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
  if (pid == 0) {
    syscall(SYS_close_range, 0U, ~0U, 0U);  // above all the reaper's pipe
    syscall(SYS_setsid);
    for (;;) {
      syscall(SYS_pause);
    }
  }
  return static_cast<int>(pid);
}

struct ReaperFixture : ProcessFixture {
  // The engine stand-in on a terminal of its own, running `script`.
  std::vector<std::string> engine(const std::string& script, const std::string& grace = "200") {
    return {PROCESS_PROGRAM, "engine", lock().string(), run_id, grace, "sh", "-c", script};
  }
  // The number in the line "LABEL NUMBER", whenever it comes.
  static int number_after(TerminalProgram& program, const std::string& label) {
    const std::string& screen = program.screen();
    std::size_t begin = screen.find(label);
    while (begin == std::string::npos || screen.find('\n', begin) == std::string::npos) {
      REQUIRE(program.shows("\n"));
      begin = screen.find(label);
    }
    return std::stoi(screen.substr(begin + label.size()));
  }
  // What the holder was said to be, empty if nobody had to be waited for.
  std::string wait_for_previous() {
    std::string holder;
    loop.spawn(wait_for_children(
        loop, lock(), [&holder](const std::string& text) { holder = text; }, nullptr));
    loop.run();
    return holder;
  }

  std::filesystem::path lock() const { return folder.path() / "children.lock"; }

  TemporaryFolder folder;
  std::string run_id = "test-" + std::to_string(getpid());
};

}  // namespace

TEST_CASE_METHOD(ReaperFixture, "After kill -9 of the engine its children and theirs are ended",
                 "[reaper]") {
  TerminalProgram program(engine("sleep 300 & echo grandchild $!; echo child $$; wait"));
  const int grandchild = number_after(program, "grandchild ");
  const int child = number_after(program, "child ");
  CHECK(FileLock::holder_pid(lock()) != 0);
  kill(program.pid(), SIGKILL);
  wait_for_previous();
  CHECK_FALSE(is_alive(child));
  CHECK_FALSE(is_alive(grandchild));
}

TEST_CASE_METHOD(ReaperFixture, "The lock is held until the most stubborn process is dead",
                 "[reaper]") {
  TerminalProgram program(
      engine("trap '' INT TERM HUP; echo child $$; while :; do sleep 0.05; done", "300"));
  const int child = number_after(program, "child ");
  kill(program.pid(), SIGKILL);
  const std::string holder = wait_for_previous();
  CHECK_THAT(holder, ContainsSubstring("pids " + std::to_string(child)));
  CHECK_FALSE(is_alive(child));
}

TEST_CASE_METHOD(ReaperFixture, "A process that left the group is found by its environment",
                 "[reaper]") {
  TerminalProgram program(
      engine("setsid sh -c 'echo escaped $$; exec sleep 300 >/dev/null 2>&1' & wait"));
  const int escaped = number_after(program, "escaped ");
  kill(program.pid(), SIGKILL);
  wait_for_previous();
  CHECK_FALSE(is_alive(escaped));
}

TEST_CASE_METHOD(ReaperFixture, "A service is left alone", "[reaper]") {
  TerminalProgram program(
      engine("RUNBOOK_SERVICE=node setsid sh -c 'echo service $$; exec sleep 300 >/dev/null 2>&1' &"
             "echo child $$; exec sleep 300"));
  const int service = number_after(program, "service ");
  const int child = number_after(program, "child ");
  kill(program.pid(), SIGKILL);
  wait_for_previous();
  CHECK_FALSE(is_alive(child));
  CHECK(is_alive(service));
  kill(service, SIGKILL);
}

TEST_CASE_METHOD(ReaperFixture, "What a finished child left behind is ended with the engine",
                 "[reaper]") {
  TerminalProgram program(engine("sleep 300 >/dev/null 2>&1 & echo left $!"));
  const int left = number_after(program, "left ");
  REQUIRE(program.wait() == 0);
  wait_for_previous();
  CHECK_FALSE(is_alive(left));
}

TEST_CASE_METHOD(ReaperFixture, "The reaper of an engine that ended in order leaves at once",
                 "[reaper]") {
  TerminalProgram program(engine("true", "60000"));
  REQUIRE(program.wait() == 0);
  CHECK(wait_for_previous().empty());
  CHECK(FileLock::holder_pid(lock()) == 0);
}

TEST_CASE_METHOD(ReaperFixture, "The reaper ignores the signals that end a session", "[reaper]") {
  TerminalProgram program(engine("echo child $$; exec sleep 300"));
  const int child = number_after(program, "child ");
  const int reaper = FileLock::holder_pid(lock());
  REQUIRE(reaper > 0);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    kill(reaper, number);
  }
  kill(program.pid(), SIGKILL);
  wait_for_previous();
  CHECK_FALSE(is_alive(child));
}

TEST_CASE_METHOD(ReaperFixture, "A second reaper on the same lock is refused, and no child starts",
                 "[reaper]") {
  TerminalProgram program(engine("echo child $$; exec sleep 300"));
  const int child = number_after(program, "child ");
  Reaper second(lock(), run_id, PROCESS_PROGRAM);
  Processes under_second(loop, &second, {});
  loop.spawn([](Processes& started, ProcessSpec spec) -> Task<void> {
    co_await started.run(std::move(spec), nullptr);
  }(under_second, spec({"true"})));
  try {
    loop.run();
    FAIL("a second reaper started");
  } catch (const Error& error) {
    CHECK(error.code == Code::spawn_failed);
    CHECK_THAT(error.message, ContainsSubstring("is held by pid"));
  }
  kill(program.pid(), SIGKILL);
  wait_for_previous();
  CHECK_FALSE(is_alive(child));
}

TEST_CASE_METHOD(ReaperFixture, "A group that was forgotten is left alone", "[reaper]") {
  // Stands for a stranger that got the number of a group that became empty.
  const int stranger = fork();
  if (stranger == 0) {
    setsid();
    execlp("sleep", "sleep", "300", nullptr);
    _exit(127);
  }
  {
    Reaper reaper(lock(), run_id, PROCESS_PROGRAM, 100ms);
    const std::string told = "+" + std::to_string(stranger) + "\n";
    REQUIRE(write(reaper.pipe(), told.data(), told.size()) == static_cast<ssize_t>(told.size()));
    reaper.forget(stranger);
  }
  wait_for_previous();
  CHECK(is_alive(stranger));
  kill(stranger, SIGKILL);
  waitpid(stranger, nullptr, 0);
  collect_children();
}

TEST_CASE_METHOD(ReaperFixture, "A group whose leader began after it was told is a stranger's",
                 "[reaper]") {
  int stranger = 0;
  {
    Reaper reaper(lock(), run_id, PROCESS_PROGRAM, 100ms);
    const int number = free_pid();
    const std::string told = "+" + std::to_string(number) + "\n";
    REQUIRE(write(reaper.pipe(), told.data(), told.size()) == static_cast<ssize_t>(told.size()));
    wait_until_read(reaper.pipe());
    stranger = fork_as(number);
  }
  wait_for_previous();
  if (stranger > 0) {  // choosing a pid takes privileges
    CHECK(is_alive(stranger));
    kill(stranger, SIGKILL);
    waitpid(stranger, nullptr, 0);
  } else {
    WARN("not checked: a process id cannot be chosen here");
  }
  collect_children();
}
