#pragma once
// What a bench gives back, and the table of them. To add one: a file with a function, its
// declaration here, its row in main.cc, its source in CMakeLists.txt.

#include <algorithm>
#include <string>
#include <vector>

namespace runbook::bench {

struct Figure {
  std::string name;
  double ours = 0;
  double limit = 0;  ///< the bare figure, measured in the same run; 0: `ours` is judged by itself
  std::string unit;  ///< of `ours` and `limit`: "calls/s", "ms", "MB"
  double floor = 0;  ///< of ours/limit (of `ours` without a limit); floor > goal: less is better
  double goal = 0;
};

/// The middle one. REQUIRES: not empty.
inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::vector<Figure> bench_http();
std::vector<Figure> bench_journal();

}  // namespace runbook::bench
