#pragma once
// Ours and the limit in turns, for the machine is shared: what slows one down slows its neighbour
// down too.

#include <chrono>
#include <functional>

#include "tests/bench/bench.h"

namespace runbook::bench {

inline double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// `figure` with `ours` and `limit` of the round whose judged value is the median.
Figure measure(Figure figure, int rounds, const std::function<double()>& ours,
               const std::function<double()>& limit);

}  // namespace runbook::bench
