#include "tests/bench/measure.h"

#include <algorithm>
#include <utility>

namespace runbook::bench {

Figure measure(Figure figure, int rounds, const std::function<double()>& ours,
               const std::function<double()>& limit) {
  std::vector<Figure> measured;
  for (int round = 0; round < rounds; ++round) {
    figure.limit = limit();
    figure.ours = ours();
    measured.push_back(figure);
  }
  const auto middle = measured.begin() + rounds / 2;
  std::nth_element(
      measured.begin(), middle, measured.end(),
      [](const Figure& left, const Figure& right) { return left.value() < right.value(); });
  return std::move(*middle);
}

}  // namespace runbook::bench
