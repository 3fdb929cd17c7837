#pragma once
// What a bench gives back, and the list of them. To add one: a file with a function, its
// declaration here, its row in main.cc, its source in CMakeLists.txt.

#include <string>
#include <vector>

namespace runbook::bench {

struct Figure {
  std::string name;
  std::string unit;  ///< of `ours` and `limit`: "calls/s", "ms", "MB"
  enum class Judged {
    ratio,  ///< ours/limit
    ours    ///< where the floor is a time, a size or a rate of its own
  } judged = Judged::ratio;
  double floor = 0;  ///< what is judged must reach it; floor > goal: less is better
  double goal = 0;
  std::string limit_is;  ///< what was done bare, in the same run and in turns with ours
  std::string held_by;   ///< what ours does beyond that
  double ours = 0;
  double limit = 0;

  double value() const { return judged == Judged::ratio ? ours / limit : ours; }
};

std::vector<Figure> bench_memory();
std::vector<Figure> bench_programs();
std::vector<Figure> bench_steps();
std::vector<Figure> bench_processes();
std::vector<Figure> bench_http();
std::vector<Figure> bench_screen();
std::vector<Figure> bench_signatures();
std::vector<Figure> bench_abi();
std::vector<Figure> bench_chains();

}  // namespace runbook::bench
