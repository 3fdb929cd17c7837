// runbook_bench [NAME…]: runs the benches of these names, or all, and prints a line per figure.
#include <fmt/core.h>

#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

#include "tests/bench/bench.h"

namespace {

using runbook::bench::Figure;

struct Bench {
  std::string_view name;
  std::vector<Figure> (*run)();
};

constexpr Bench kBenches[] = {
    {"http", runbook::bench::bench_http},
    {"journal", runbook::bench::bench_journal},
};

std::string_view verdict(const Figure& figure, double value) {
  const bool less_is_better = figure.floor > figure.goal;
  const auto reaches = [&](double wanted) {
    return less_is_better ? value <= wanted : value >= wanted;
  };
  if (reaches(figure.goal)) {
    return "goal reached";
  }
  return reaches(figure.floor) ? "above the floor" : "BELOW THE FLOOR";
}

std::string number(double value) {
  return value >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.2f}", value);
}

void print(const Figure& figure) {
  const bool has_limit = figure.limit > 0;
  const double judged = has_limit ? figure.ours / figure.limit : figure.ours;
  fmt::print("{:<44} {:>10} {:>10} {:<8} {:>6} {:>8} {:>8}  {}\n", figure.name, number(figure.ours),
             has_limit ? number(figure.limit) : "-", figure.unit, has_limit ? number(judged) : "-",
             number(figure.floor), number(figure.goal), verdict(figure, judged));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::vector<std::string_view> wanted(argv + 1, argv + argc);
  fmt::print("{:<44} {:>10} {:>10} {:<8} {:>6} {:>8} {:>8}\n", "figure", "ours", "limit", "unit",
             "ratio", "floor", "goal");
  for (const Bench& bench : kBenches) {
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), bench.name) != wanted.end()) {
      for (const Figure& figure : bench.run()) {
        print(figure);
      }
    }
  }
}
