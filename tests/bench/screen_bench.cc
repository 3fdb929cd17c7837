// What drawing costs: a run on a pseudo-terminal whose other end is read as fast as it comes.

#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "tests/base/temporary_folder.h"
#include "tests/bench/bench.h"
#include "tests/bench/measure.h"

namespace runbook::bench {
namespace {

constexpr int kScreenRounds = 21;

constexpr const char* kRecipe = R"(
for i = 1, 10000 do
  step("machine " .. i, function() return i end)
end
local items = {}
for i = 1, 64 do items[i] = "node " .. i end
each("upgrade", items, { key = function(name) return name end }, function()
  for i = 1, 20 do
    step("part " .. i, function() return i end)
  end
end)
)";

/// Milliseconds of a run with this --output on a terminal of 80 columns.
double run_on_terminal(const char* output) {
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "recipe.lua", kRecipe);
  return 1'000 * seconds_of([&] {
           winsize size{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
           int terminal = -1;
           const pid_t pid = forkpty(&terminal, nullptr, nullptr, &size);
           RB_CHECK(pid >= 0);
           if (pid == 0) {
             setenv("TERM", "xterm", 1);
             if (chdir(folder.path().c_str()) == 0) {
               execl(RUNBOOK_BINARY, RUNBOOK_BINARY, "run", "recipe.lua", "--output", output,
                     nullptr);
             }
             _exit(127);
           }
           const FileDescriptor reader(terminal);
           char buffer[65536];
           while (read(terminal, buffer, sizeof buffer) > 0) {
           }
           int status = 0;
           RB_CHECK(waitpid(pid, &status, 0) == pid && status == 0);
         });
}

}  // namespace

std::vector<Figure> bench_screen() {
  return {measure(
      {.name = "10,000 steps and 64 parallel, on a screen",
       .unit = "ms",
       .judged = Figure::Judged::ratio,
       .floor = 1.10,
       .goal = 1.05,
       .limit_is = "the same with --output quiet",
       .held_by = "the terminal: writing what it is shown takes 6 ms of a core, and its reader the "
                  "other one"},
      kScreenRounds, [] { return run_on_terminal("tree"); },
      [] { return run_on_terminal("quiet"); })};
}

}  // namespace runbook::bench
