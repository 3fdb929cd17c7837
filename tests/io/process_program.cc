// What the process tests start: an engine stand-in that can be killed, and programs that look at
// themselves.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/io/process.h"
#include "engine/io/reaper.h"
#include "engine/io/signals.h"

using namespace runbook;

namespace {

// The numbers of the descriptors that are open here.
int show_descriptors() {
  for (int fd = 0; fd < 1024; ++fd) {
    if (fcntl(fd, F_GETFD) != -1) {
      printf("%d\n", fd);
    }
  }
  return 0;
}

void show_line(Stream, std::string_view line) {
  printf("%.*s\n", static_cast<int>(line.size()), line.data());
  fflush(stdout);
}

Task<void> run_one(Processes& processes, ProcessSpec spec, CancelPtr cancel,
                   ProcessResult& result) {
  result = co_await processes.run(std::move(spec), cancel);
}

// engine LOCK RUN_ID GRACE_MS argv…
int run_engine(const std::vector<std::string>& arguments) {
  SystemClock clock;
  Loop loop(clock);
  Reaper reaper(arguments[0], arguments[1], "/proc/self/exe",
                std::chrono::milliseconds(std::stol(arguments[2])));
  Processes processes(loop, &reaper, {{"RUNBOOK_RUN_ID", arguments[1]}});
  ProcessSpec spec;
  spec.argv.assign(arguments.begin() + 3, arguments.end());
  spec.cwd = "/";
  spec.on_line = show_line;
  ProcessResult result;
  loop.spawn(run_one(processes, std::move(spec), nullptr, result));
  loop.run();
  printf("engine: exit %d\n", result.exit.value_or(-1));
  return 0;
}

void show_terminal() {
  termios settings{};
  tcgetattr(STDIN_FILENO, &settings);
  const bool is_ours = tcgetpgrp(STDIN_FILENO) == getpgrp();
  printf("engine: foreground %s, echo %s\n", is_ours ? "yes" : "no",
         (settings.c_lflag & ECHO) != 0 ? "yes" : "no");
}

// interactive argv…: hands its terminal to the child.
int run_interactive(const std::vector<std::string>& arguments) {
  SystemClock clock;
  Loop loop(clock);
  Processes processes(loop, nullptr, {});
  ProcessSpec spec;
  spec.argv = arguments;
  spec.cwd = "/";
  spec.interactive = true;
  ProcessResult result;
  loop.spawn(run_one(processes, std::move(spec), nullptr, result));
  loop.run();
  printf("engine: exit %d signal %d\n", result.exit.value_or(-1), result.signal.value_or(-1));
  show_terminal();
  return 0;
}

// stoppable argv…: signals to us stop the child as a session does.
int run_stoppable(const std::vector<std::string>& arguments) {
  SystemClock clock;
  Loop loop(clock);
  Processes processes(loop, nullptr, {});
  const CancelPtr cancel = Cancel::root();
  Signals signals(loop, [&cancel](StopLevel level, int number) {
    printf("engine: level %d by signal %d\n", static_cast<int>(level), number);
    fflush(stdout);
    cancel->request(CancelReason::stop, level);
  });
  ProcessSpec spec;
  spec.argv = arguments;
  spec.cwd = "/";
  spec.on_line = show_line;
  ProcessResult result;
  const auto run_then_stop = [](Loop& the_loop, Task<void> task) -> Task<void> {
    co_await std::move(task);
    the_loop.stop();
  };
  loop.spawn(run_then_stop(loop, run_one(processes, std::move(spec), cancel, result)));
  loop.run();
  printf("engine: exit %d signal %d\n", result.exit.value_or(-1), result.signal.value_or(-1));
  return 0;
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::string command = argc > 1 ? argv[1] : "";
  const std::vector<std::string> arguments(argv + std::min(argc, 2), argv + argc);
  if (command == "__reaper") {
    return reaper_main(arguments);
  }
  if (command == "descriptors") {
    return show_descriptors();
  }
  if (command == "engine") {
    return run_engine(arguments);
  }
  if (command == "interactive") {
    return run_interactive(arguments);
  }
  if (command == "stoppable") {
    return run_stoppable(arguments);
  }
  return 2;
}
