// Steps through the engine: a recipe in Lua, drive(), a SQLite store on disk; with an effect that
// takes no time, and without one.

#include <fmt/core.h>

#include <algorithm>
#include <string>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/lua/module.h"
#include "engine/recipe/runner.h"
#include "tests/base/temporary_folder.h"
#include "tests/bench/bare_sqlite.h"
#include "tests/bench/measure.h"

namespace runbook::bench {
namespace {

constexpr int kStepsRounds = 7;
constexpr int kSequential = 1'500;
constexpr int kStepsParallel = 64;
constexpr int kParallelSteps = 25'600;
constexpr int kPlainSteps = 50'000;
constexpr int kEventsOfPlainStep = 2;
constexpr int kEventsOfEffect = 4;  // of the step and of its call, a beginning and an end each

constexpr const char* kOneByOne = R"(
local bench = require "bench"
for i = 1, {} do
  step("machine " .. i, function() return bench.act() end)
end
)";

constexpr const char* kAtOnce = R"(
local bench = require "bench"
local machines = {{}}
for i = 1, {} do machines[i] = "machine " .. i end
each("machines", machines, {{ jobs = {} }}, function() return bench.act() end)
)";

constexpr const char* kPlain = R"(
for i = 1, {} do
  step("machine " .. i, function() return {{ value = i, text = "hello world" }} end)
end
)";

Task<Json> act(Call&) {
  co_return Json{{"code", 0}};
}

/// bench.act: an effect that must not happen twice and takes no time.
Module bench_module() {
  Function function;
  function.name = "act";
  function.effect = Effect::once;
  function.summary = "does nothing, once";
  function.run = act;
  Module module;
  module.name = "bench";
  module.summary = "What the benches act on.";
  module.functions = {function};
  return module;
}

/// A whole session of a new run.
double steps_per_second(const std::string& recipe, int steps) {
  const TemporaryFolder folder;
  RunOptions options;
  options.root = folder.path();
  options.state_folder = folder.path() / ".runbook";
  options.recipe = folder.path() / "recipe.lua";
  options.program = RUNBOOK_BINARY;
  write_file_atomically(options.recipe, recipe);
  const std::unique_ptr<Store> store = open_sqlite_store(options.state_folder, OpenMode::create);
  const std::vector<Module> modules{bench_module()};
  SystemClock clock;
  return steps / seconds_of([&] {
           const RunReport report = drive(clock, *store, modules, options, {});
           RB_CHECK(report.exit == 0);
         });
}

double one_by_one_per_second(int steps) {
  return steps_per_second(fmt::format(kOneByOne, steps), steps);
}

Figure one_by_one() {
  Figure figure{.name = "durable steps, one at a time",
                .unit = "steps/s",
                .floor = 0.6,
                .goal = 0.8,
                .limit_is = "commits of one row, SQLite, WAL, FULL",
                .held_by =
                    "four chained events and the run's row a commit instead of one row, 20 us of "
                    "Lua and JSON, "
                    "and a thread woken each way"};
  return measure(
      std::move(figure), kStepsRounds, [] { return one_by_one_per_second(kSequential); },
      [] { return bare_commits_per_second(kSequential, 1); });
}

// The floor is tenfold what the disk gives one at a time, so that takes turns with it too.
Figure at_once() {
  Figure figure{
      .name = "durable steps, 64 at once",
      .unit = "steps/s",
      .judged = Figure::Judged::ours,
      .goal = 50'000,
      .limit_is = "the rows of as many steps, 64 steps a commit",
      .held_by =
          "the loop's thread: 20 us a step, a third of it malloc, the rest Lua, coroutines, JSON "
          "and the fold"};
  std::vector<double> sequential;
  figure = measure(
      std::move(figure), kStepsRounds,
      [&] {
        sequential.push_back(one_by_one_per_second(kSequential / 3));
        return steps_per_second(fmt::format(kAtOnce, kParallelSteps, kStepsParallel),
                                kParallelSteps);
      },
      [] {
        constexpr int kCommits = kParallelSteps / kStepsParallel;
        return kStepsParallel * bare_commits_per_second(kCommits, kStepsParallel * kEventsOfEffect);
      });
  std::ranges::sort(sequential);
  figure.floor = std::min(10 * sequential[sequential.size() / 2], 30'000.0);
  return figure;
}

Figure without_effects() {
  Figure figure{
      .name = "steps without effects",
      .unit = "steps/s",
      .judged = Figure::Judged::ours,
      .floor = 50'000,
      .goal = 200'000,
      .limit_is = "the rows of as many steps in one commit",
      .held_by =
          "the loop's thread: 6 us a step for Lua and its result as JSON, coroutines, two events "
          "and the fold"};
  return measure(
      std::move(figure), kStepsRounds,
      [] { return steps_per_second(fmt::format(kPlain, kPlainSteps), kPlainSteps); },
      [] { return kPlainSteps * bare_commits_per_second(1, kPlainSteps * kEventsOfPlainStep); });
}

}  // namespace

std::vector<Figure> bench_steps() {
  return {one_by_one(), at_once(), without_effects()};
}

}  // namespace runbook::bench
