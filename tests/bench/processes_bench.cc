// Child processes through engine/io, known to a reaper as in a run, against posix_spawn and waitpid
// with nothing around them.

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/io/loop.h"
#include "engine/io/process.h"
#include "engine/io/reaper.h"
#include "tests/base/temporary_folder.h"
#include "tests/bench/measure.h"

namespace runbook::bench {
namespace {

constexpr int kProcessesRounds = 7;
constexpr int kChildren = 1'000;
constexpr int kProcessesParallel = 64;
constexpr const char* kProgram = "/bin/true";

void spawn_bare() {
  char* const argv[] = {const_cast<char*>(kProgram), nullptr};
  pid_t pid = 0;
  RB_CHECK(posix_spawn(&pid, kProgram, nullptr, nullptr, argv, environ) == 0);
}

double bare_per_second(int parallel) {
  return kChildren / seconds_of([parallel] {
           int begun = 0;
           for (; begun < parallel; ++begun) {
             spawn_bare();
           }
           for (int ended = 0; ended < kChildren; ++ended) {
             RB_CHECK(waitpid(-1, nullptr, 0) > 0);
             if (begun < kChildren) {
               spawn_bare();
               ++begun;
             }
           }
         });
}

Task<void> run_children(Processes& processes, int& left) {
  while (left-- > 0) {
    ProcessSpec spec;
    spec.argv = {kProgram};
    spec.cwd = "/";
    const ProcessResult result = co_await processes.run(std::move(spec), nullptr);
    RB_CHECK(result.exit == 0);
  }
}

/// One for all figures: the bare loop waits for any child, so the reaper, which is one, must
/// outlive it.
struct Engine {
  const TemporaryFolder folder;
  SystemClock clock;
  Loop loop{clock};
  Reaper reaper{folder.path() / "children.lock", "7f3a-lucky-heron", RUNBOOK_BINARY};
  Processes processes{loop, &reaper, {}};

  double children_per_second(int parallel) {
    int left = kChildren;
    return kChildren / seconds_of([&] {
             for (int i = 0; i < parallel; ++i) {
               loop.spawn(run_children(processes, left));
             }
             loop.run();
           });
  }
};

Figure compare(Engine& engine, std::string name, int parallel, double floor, std::string held_by) {
  Figure figure{.name = std::move(name),
                .unit = "1/s",
                .floor = floor,
                .goal = 0.9,
                .limit_is = "posix_spawn and waitpid of /bin/true",
                .held_by = std::move(held_by)};
  return measure(
      std::move(figure), kProcessesRounds, [&] { return engine.children_per_second(parallel); },
      [&] { return bare_per_second(parallel); });
}

}  // namespace

std::vector<Figure> bench_processes() {
  Engine engine;
  return {compare(engine, "child processes, one at a time", 1, 0.85,
                  "two pipes, a pidfd and a session each, and a line to the reaper"),
          compare(engine, "child processes, 64 at once", kProcessesParallel, 0.7,
                  "the same, on a core that the children need")};
}

}  // namespace runbook::bench
