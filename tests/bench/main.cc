// runbook_bench [NAME…]: runs the benches of these names, or all, and prints what each figure is
// and what holds it back. The closing lines say what stayed below its floor in three tries. They do
// not fail it: whoever shares the machine would.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <string_view>
#include <vector>

#include "tests/bench/bench.h"

namespace {

using runbook::bench::Figure;

struct Bench {
  std::string_view name;
  std::vector<Figure> (*run)();
};

// Memory first: a spawned process counts what its parent has had as its own.
constexpr Bench kBenches[] = {
    {"memory", runbook::bench::bench_memory},
    {"programs", runbook::bench::bench_programs},
    {"steps", runbook::bench::bench_steps},
    {"processes", runbook::bench::bench_processes},
    {"http", runbook::bench::bench_http},
    {"screen", runbook::bench::bench_screen},
    {"signatures", runbook::bench::bench_signatures},
    {"abi", runbook::bench::bench_abi},
    {"chains", runbook::bench::bench_chains},
};

bool reaches(const Figure& figure, double wanted) {
  const bool less_is_better = figure.floor > figure.goal;
  return less_is_better ? figure.value() <= wanted : figure.value() >= wanted;
}

std::string_view verdict(const Figure& figure) {
  if (reaches(figure, figure.goal)) {
    return "goal reached";
  }
  return reaches(figure, figure.floor) ? "above the floor" : "BELOW THE FLOOR";
}

std::string number(double value) {
  return value >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.2f}", value);
}

constexpr const char* kLine = "{:<40} {:>9} {:>9} {:<8} {:>6}  {:>6} -> {:<12} {}\n";

void print(const Figure& figure) {
  const std::string unit = figure.judged == Figure::Judged::ratio ? "" : " " + figure.unit;
  fmt::print(kLine, figure.name, number(figure.ours), number(figure.limit), figure.unit,
             number(figure.ours / figure.limit), number(figure.floor), number(figure.goal) + unit,
             verdict(figure));
  fmt::print("    limit: {}\n    held back by: {}\n", figure.limit_is, figure.held_by);
  std::fflush(stdout);
}

/// The figures below their floor.
std::vector<Figure> run_once(const Bench& bench) {
  std::vector<Figure> figures = bench.run();
  std::ranges::for_each(figures, print);
  std::erase_if(figures, [](const Figure& figure) { return reaches(figure, figure.floor); });
  return figures;
}

std::vector<Figure> run(const Bench& bench) {
  std::vector<Figure> below = run_once(bench);
  for (int again = 0; again < 2 && !below.empty(); ++again) {
    fmt::print("{}: once more, in case somebody else had the machine\n", bench.name);
    below = run_once(bench);
  }
  return below;
}

void run_all(const std::vector<std::string_view>& wanted) {
  fmt::print(kLine, "figure", "ours", "limit", "unit", "ratio", "floor", "goal", "verdict");
  std::vector<Figure> below;
  for (const Bench& bench : kBenches) {
    if (wanted.empty() || std::ranges::find(wanted, bench.name) != wanted.end()) {
      std::ranges::move(run(bench), std::back_inserter(below));
    }
  }
  for (const Figure& figure : below) {
    fmt::print("!! BELOW THE FLOOR: {}: {}, wanted {}\n", figure.name, number(figure.value()),
               number(figure.floor));
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  unsetenv("RUNBOOK_STATE");
  try {
    run_all({argv + 1, argv + argc});
    return 0;
  } catch (const std::exception& error) {  // what a bench has started ends with it
    fmt::print("!! FAILED: {}\n", error.what());
    return 1;
  }
}
