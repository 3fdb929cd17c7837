// A cancel and an undo, their power cut at every event and after every effect, and gone on with:
// they must end as those do that were never cut.

#include <fmt/format.h>

#include <utility>

#include "tests/catch.h"
#include "tests/crash/recipes.h"
#include "tests/crash/report.h"

namespace runbook {
namespace {

using Point = Cut::Point;

/// The sessions of the run before somebody ends it, and how.
struct Case {
  Recipe recipe;
  Purpose purpose;
  std::vector<Cut> before;
  bool to_end = false;      ///< the run itself ends first
  bool on_failure = false;  ///< nobody cancels it: --cancel-on-failure does
};

void begin(Rehearsal& rehearsal, const Case& which) {
  if (which.on_failure) {
    rehearsal.cancel_on_failure();
  }
  for (const Cut& cut : which.before) {
    rehearsal.session(cut);
  }
  if (which.to_end) {
    rehearsal.to_end();
  }
  rehearsal.turn_to(which.purpose);
}

Ending uncut(const Case& which, const Reference& reference) {
  Rehearsal rehearsal(which.recipe, &reference);
  begin(rehearsal, which);
  return rehearsal.to_end();
}

Trial with_cut(const Case& which, const Reference& reference, const Ending& expected,
               const Cut& cut) {
  Rehearsal rehearsal(which.recipe, &reference);
  Trial trial;
  try {
    begin(rehearsal, which);
    rehearsal.session(cut);
    trial.reached = rehearsal.was_cut();
    Ending found = rehearsal.settle() ? rehearsal.to_end() : rehearsal.ending();
    if (found.phase == RunPhase::cancelled) {
      found.exit = expected.exit;  // of the session that ended it: the cancel, or a resume of that
    }
    trial.wrong = difference(expected, found);
  } catch (const std::exception& error) {
    trial.wrong = error.what();
  }
  if (!trial.wrong.empty()) {
    trial.wrong = fmt::format("{}: {}\n{}", which.recipe.name, rehearsal.history(), trial.wrong);
  }
  return trial;
}

void end_with_cuts_everywhere(const Case& which, RunPhase phase) {
  const Reference reference = make_reference(which.recipe);
  const Ending expected = uncut(which, reference);
  CHECK(expected.phase == phase);
  Report report;
  for (const Point point :
       {Point::before_append, Point::after_append, Point::after_commit, Point::after_effect}) {
    for (std::uint64_t at = 1; !report.is_full(); ++at) {
      const Trial trial = with_cut(which, reference, expected, {point, at});
      if (!trial.reached && trial.wrong.empty()) {
        break;
      }
      report.add(trial);
    }
  }
  report.close();
}

TEST_CASE("a failed run is cancelled, and the cancel is cut anywhere") {
  const std::string name = GENERATE("finally", "failing_then_finally", "nested", "undo");
  end_with_cuts_everywhere({nasty_recipe(name), Purpose::cancel, {Cut{}}}, RunPhase::cancelled);
}

TEST_CASE("a run that was cut anywhere is cancelled, and the cancel is cut anywhere") {
  const std::uint64_t at = GENERATE(1U, 2U, 3U, 5U, 6U, 7U, 9U, 12U);
  const Point point = GENERATE(Point::before_append, Point::after_commit);
  end_with_cuts_everywhere(
      {nasty_recipe("failing_then_finally"), Purpose::cancel, {Cut{point, at}}},
      RunPhase::cancelled);
}

TEST_CASE("a run that ends for good when it fails is cut anywhere, also in between") {
  const std::string name = GENERATE("failing_then_finally", "nested");
  end_with_cuts_everywhere({nasty_recipe(name), Purpose::run, {}, false, true},
                           RunPhase::cancelled);
}

TEST_CASE("a run that is done is undone, and the undo is cut anywhere") {
  end_with_cuts_everywhere({nasty_recipe("undo"), Purpose::undo, {}, true}, RunPhase::undone);
}

TEST_CASE("a failed run is undone, and the undo is cut anywhere") {
  end_with_cuts_everywhere({nasty_recipe("undo"), Purpose::undo, {Cut{}}}, RunPhase::undone);
}

TEST_CASE("an undo takes back each effect once, the last one first") {
  const Recipe recipe = nasty_recipe("undo");
  const Reference reference = make_reference(recipe);
  Rehearsal rehearsal(recipe, &reference);
  begin(rehearsal, {recipe, Purpose::undo, {}, true});
  const Ending ending = rehearsal.to_end();
  std::vector<std::string> undone;
  for (const StepState& step : rehearsal.state().steps) {
    if (step.kind == Kind::undo) {
      undone.push_back(step.path);
      CHECK(step.state == State::ok);
    }
  }
  CHECK(std::vector<std::string>(undone.begin(), undone.begin() + 3) ==
        std::vector<std::string>{"undo/last", "undo/flaky", "undo/handled"});
  CHECK(std::vector<std::string>(undone.end() - 4, undone.end()) ==
        std::vector<std::string>{"undo/outer", "undo/undo/outer/group/deep",
                                 "undo/undo/outer/inner", "undo/first"});
  CHECK(undone.size() == 11);
  for (const auto& [name, times] : ending.effects) {
    INFO(name);
    CHECK(times == 1);
  }
  CHECK(ending.effects.contains("undo first (first)"));
  CHECK(ending.effects.contains("undo outer, inner"));
  CHECK(ending.effects.contains("undo item (item b)"));
  CHECK_FALSE(ending.steps.contains("undo/refused"));
}

}  // namespace
}  // namespace runbook
