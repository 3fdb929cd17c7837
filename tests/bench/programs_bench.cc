// Whole runs of the program: a short run, resumes, and the memory a long run takes.

#include <fmt/core.h>
#include <sys/resource.h>

#include <string>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "tests/base/temporary_folder.h"
#include "tests/bench/bare_sqlite.h"
#include "tests/bench/measure.h"
#include "tests/bench/program.h"

namespace runbook::bench {
namespace {

constexpr int kProgramsRounds = 9;
constexpr int kSteps = 10'000;
constexpr int kManySteps = 100'000;
constexpr int kEventsOfStep = 2;

constexpr const char* kOneStep = R"(step("only", function() return 1 end))";

// Fails behind its steps, so that it can be resumed any number of times.
constexpr const char* kUnfinished = R"(
for i = 1, {} do
  step("machine " .. i, function() return {{ value = i, text = "hello world" }} end)
end
fail "not yet"
)";

/// A folder with recipe.lua and the rows of a run, for SQLite alone to read.
struct Project {
  Project(const std::string& recipe, int rows) {
    write_file_atomically(folder.path() / "recipe.lua", recipe);
    BareSqlite(bare).commit(rows);
  }
  const TemporaryFolder folder;
  const std::filesystem::path bare = folder.path() / "bare.db";
};

double empty_program(const std::filesystem::path& folder) {
  return run_program({"/bin/true"}, folder).milliseconds;
}

/// An empty program, and a database opened and read.
double bare_resume(const Project& project) {
  return empty_program(project.folder.path()) +
         1'000 * seconds_of([&] { RB_CHECK(BareSqlite(project.bare).read_all() > 0); });
}

Figure timed(std::string name, double floor, double goal, std::string limit_is,
             std::string held_by) {
  return {.name = std::move(name),
          .unit = "ms",
          .judged = Figure::Judged::ours,
          .floor = floor,
          .goal = goal,
          .limit_is = std::move(limit_is),
          .held_by = std::move(held_by)};
}

Figure cold_run() {
  return measure(
      timed("a run of one step, in an empty folder", 15, 10,
            "posix_spawn of /bin/true, a new SQLite database and one commit",
            "ten syncs (the store's files, the run's row, two commits, the checkpoint), linking, "
            "Lua"),
      kProgramsRounds,
      [] {
        const Project project(kOneStep, 1);
        return run_runbook({"run", "recipe.lua"}, project.folder.path(), 0).milliseconds;
      },
      [] {
        const TemporaryFolder folder;
        return empty_program(folder.path()) +
               1'000 * seconds_of([&] { BareSqlite(folder.path() / "bare.db").commit(1); });
      });
}

Figure resume_of_finished() {
  const Project project(kOneStep, kEventsOfStep);
  run_runbook({"run", "recipe.lua"}, project.folder.path(), 0);
  return measure(
      timed("resume of a finished run", 20, 12, "/bin/true, and SQLite reading as many rows",
            "relocating the program: most of it is over before main()"),
      kProgramsRounds,
      [&] {
        return run_runbook({"resume", "@last"}, project.folder.path(), 0).milliseconds;
      },
      [&] { return bare_resume(project); });
}

Figure resume_of(int steps, double floor, double goal) {
  const Project project(fmt::format(kUnfinished, steps), steps * kEventsOfStep);
  run_runbook({"run", "recipe.lua"}, project.folder.path(), 1);
  return measure(
      timed(fmt::format("resume of {} finished steps", steps), floor, goal,
            "/bin/true, and SQLite reading as many rows",
            "the hash chain and the fold, then a lookup of each path by the replay, and Lua"),
      kProgramsRounds,
      [&] { return run_runbook({"resume"}, project.folder.path(), 1).milliseconds; },
      [&] { return bare_resume(project); });
}

}  // namespace

std::vector<Figure> bench_memory() {
  Figure figure{.name = "peak memory of a run of 10,000 steps",
                .unit = "MB",
                .judged = Figure::Judged::ours,
                .floor = 30,
                .goal = 20,
                .limit_is = "what this process has, which /bin/true begins with",
                .held_by = "the state of the run, which keeps every step, and the libraries"};
  figure = measure(
      std::move(figure), 3,
      [] {
        const Project project(fmt::format(kUnfinished, kSteps), 1);
        return run_runbook({"run", "recipe.lua"}, project.folder.path(), 1).peak_megabytes;
      },
      [] { return run_program({"/bin/true"}, "/").peak_megabytes; });
  // A spawned process counts the memory of its parent as its own until it executes.
  rusage own{};
  getrusage(RUSAGE_SELF, &own);
  RB_CHECK(figure.ours > static_cast<double>(own.ru_maxrss) / 1024);
  return {figure};
}

std::vector<Figure> bench_programs() {
  return {cold_run(), resume_of_finished(), resume_of(kSteps, 60, 40),
          resume_of(kManySteps, 600, 300)};
}

}  // namespace runbook::bench
