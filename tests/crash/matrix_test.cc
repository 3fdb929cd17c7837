// The matrix: every recipe, its power cut at every event and after every effect, in the first
// session, in a resume, and twice; it must end as a run does that was never cut.

#include <algorithm>

#include "tests/catch.h"
#include "tests/crash/recipes.h"
#include "tests/crash/report.h"

namespace runbook {
namespace {

using Point = Cut::Point;

constexpr std::size_t kTwice = 20;  // double cuts of one recipe

TEST_CASE("no cut: a run ends, and so does the same run again") {
  for (const Recipe& recipe : nasty_recipes()) {
    const Reference reference = make_reference(recipe);
    const Trial trial = try_cuts(recipe, reference, {});
    CHECK(trial.wrong == "");
  }
}

TEST_CASE("a run that is cut at any event of its first session ends as if it had not been") {
  const Point point = GENERATE(Point::before_append, Point::after_append, Point::after_commit);
  for (const Recipe& recipe : nasty_recipes()) {
    cut_everywhere(recipe, {}, point);
  }
}

TEST_CASE("a run that is cut after any effect, before its end is recorded, ends so as well") {
  for (const Recipe& recipe : nasty_recipes()) {
    if (make_reference(recipe).effects > 0) {
      cut_everywhere(recipe, {}, Point::after_effect);
    }
  }
}

TEST_CASE("so does a run that failed and is cut at any event of its resume") {
  const Point point = GENERATE(Point::after_append, Point::after_commit, Point::after_effect);
  for (const Recipe& recipe : nasty_recipes()) {
    cut_everywhere(recipe, {Cut{}}, point);
  }
}

TEST_CASE("so does a run that waits for people and is cut in a later session") {
  const Point point = GENERATE(Point::before_append, Point::after_append, Point::after_commit);
  std::vector<Cut> before;
  for (int session = 0; session < 5; ++session) {
    before.push_back({});
    cut_everywhere(nasty_recipe("gates"), before, point);
  }
}

TEST_CASE("so does a run that is cut, and cut again while it resumes") {
  const Point first = GENERATE(Point::after_commit, Point::after_effect);
  const Point second = GENERATE(Point::after_commit, Point::after_effect);
  for (const Recipe& recipe : nasty_recipes()) {
    const Reference reference = make_reference(recipe);
    const std::uint64_t most = first == Point::after_commit ? reference.events : reference.effects;
    const std::uint64_t stride = std::max<std::uint64_t>(1, most * 4 / kTwice);
    Report report;
    report.add(try_cuts(recipe, reference, {}));
    for (std::uint64_t number = 0; number < kTwice && !report.is_full(); ++number) {
      const std::uint64_t at = 1 + number * stride / 4;
      if (at > most) {
        break;
      }
      const std::uint64_t again = 1 + number * 7 % 11;
      report.add(try_cuts(recipe, reference, {{first, at}, {second, again}, {second, 2}}));
    }
    report.close();
  }
}

TEST_CASE("every example, cut at any event, ends as if it had not been") {
  const Point point = GENERATE(Point::after_append, Point::after_commit);
  for (const Recipe& recipe : examples()) {
    cut_everywhere(recipe, {}, point);
  }
}

}  // namespace
}  // namespace runbook
