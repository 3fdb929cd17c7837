// runbook_bench [NAME…]: runs the benches of these names, or all, and prints what each figure is
// and what holds it back. Exits 1 if a figure is below its floor twice.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
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
    {"memory", runbook::bench::bench_memory}, {"programs", runbook::bench::bench_programs},
    {"steps", runbook::bench::bench_steps},   {"processes", runbook::bench::bench_processes},
    {"http", runbook::bench::bench_http},     {"screen", runbook::bench::bench_screen},
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

/// True if no figure is below its floor.
bool run_once(const Bench& bench) {
  const std::vector<Figure> figures = bench.run();
  std::ranges::for_each(figures, print);
  return std::ranges::all_of(figures,
                             [](const Figure& figure) { return reaches(figure, figure.floor); });
}

bool run(const Bench& bench) {
  if (run_once(bench)) {
    return true;
  }
  fmt::print("{}: once more, in case somebody else had the machine\n", bench.name);
  return run_once(bench);
}

}  // namespace

int main(int argc, char* argv[]) {
  unsetenv("RUNBOOK_STATE");
  const std::vector<std::string_view> wanted(argv + 1, argv + argc);
  fmt::print(kLine, "figure", "ours", "limit", "unit", "ratio", "floor", "goal", "verdict");
  bool all_well = true;
  for (const Bench& bench : kBenches) {
    if (wanted.empty() || std::ranges::find(wanted, bench.name) != wanted.end()) {
      all_well = run(bench) && all_well;
    }
  }
  return all_well ? 0 : 1;
}
