#include "tests/bench/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "tests/bench/measure.h"

namespace runbook::bench {
namespace {

pid_t spawn(const std::vector<std::string>& argv, const std::filesystem::path& folder) {
  std::vector<char*> pointers;
  for (const std::string& argument : argv) {
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int stream = 0; stream <= 2; ++stream) {
    posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0);
  }
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  pid_t pid = 0;
  RB_CHECK(posix_spawn(&pid, pointers[0], &actions, nullptr, pointers.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

}  // namespace

Ran run_program(const std::vector<std::string>& argv, const std::filesystem::path& folder) {
  Ran ran;
  rusage usage{};
  int status = 0;
  ran.milliseconds = 1'000 * seconds_of([&] {
                       const pid_t pid = spawn(argv, folder);
                       RB_CHECK(::wait4(pid, &status, 0, &usage) == pid);
                     });
  ran.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ran.peak_megabytes = static_cast<double>(usage.ru_maxrss) / 1024;
  return ran;
}

Ran run_runbook(std::vector<std::string> arguments, const std::filesystem::path& folder, int exit) {
  arguments.insert(arguments.begin(), RUNBOOK_BINARY);
  const Ran ran = run_program(arguments, folder);
  RB_CHECK(ran.exit == exit);
  return ran;
}

}  // namespace runbook::bench
