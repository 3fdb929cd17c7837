// A run that is rewound or has a step skipped after it failed, its power cut at every event and
// after every effect of what follows: it must end as one does that was never cut.

#include <fmt/format.h>

#include "engine/journal/next_action.h"
#include "engine/recipe/steering.h"
#include "tests/catch.h"
#include "tests/crash/recipes.h"
#include "tests/crash/report.h"

namespace runbook {
namespace {

using Point = Cut::Point;
using Word = std::function<std::vector<Event>(const RunState&)>;

Word rewind_to(const std::string& path) {
  return [path](const RunState& state) {
    Event event;
    event.payload = event::RunRewound{.kind = "rewind",
                                      .to = path,
                                      .reason = "again",
                                      .actor = "operator",
                                      .forgotten = forgotten_by_rewind(state, path)};
    return std::vector<Event>{event};
  };
}

Word skip(const std::string& path) {
  return [path](const RunState& state) {
    Instruction said;
    said.kind = Instruction::Kind::skip;
    said.step = path;
    said.actor = "operator@desk";
    said.reason = "not today";
    said.result = "nothing";
    Redactor redactor;
    SecretVault vault(said.run, redactor);
    return steer(state, said, 0, false, vault).events;
  };
}

/// The run fails, also when it was cut before that; then the operator has a word.
void begin(Rehearsal& rehearsal, const Word& word, const Cut& first) {
  rehearsal.session(first);
  if (rehearsal.was_cut()) {
    rehearsal.session({});
  }
  rehearsal.settle();  // the world is mended
  rehearsal.operate(word);
}

Ending uncut(const Reference& reference, const Recipe& recipe, const Word& word) {
  Rehearsal rehearsal(recipe, &reference);
  begin(rehearsal, word, {});
  return rehearsal.to_end();
}

Trial with_cuts(const Reference& reference, const Recipe& recipe, const Word& word,
                const Ending& expected, const Cut& first, const Cut& cut) {
  Rehearsal rehearsal(recipe, &reference);
  Trial trial;
  try {
    begin(rehearsal, word, first);
    rehearsal.session(cut);
    trial.reached = rehearsal.was_cut();
    const Ending found = rehearsal.settle() ? rehearsal.to_end() : rehearsal.ending();
    trial.wrong = difference(expected, found);
  } catch (const std::exception& error) {
    trial.wrong = error.what();
  }
  if (!trial.wrong.empty()) {
    trial.wrong = fmt::format("{}: {}\n{}", recipe.name, rehearsal.history(), trial.wrong);
  }
  return trial;
}

void cut_what_follows(const Word& word, const Cut& first = {}) {
  const Recipe recipe = nasty_recipe("rewound");
  const Reference reference = make_reference(recipe);
  const Ending expected = uncut(reference, recipe, word);
  CHECK(expected.phase == RunPhase::ok);
  Report report;
  for (const Point point :
       {Point::before_append, Point::after_append, Point::after_commit, Point::after_effect}) {
    for (std::uint64_t at = 1; !report.is_full(); ++at) {
      const Trial trial = with_cuts(reference, recipe, word, expected, first, {point, at});
      if (!trial.reached && trial.wrong.empty()) {
        break;
      }
      report.add(trial);
    }
  }
  report.close();
}

std::map<std::string, int> effects_after(const Word& word) {
  const Recipe recipe = nasty_recipe("rewound");
  const Reference reference = make_reference(recipe);
  return uncut(reference, recipe, word).effects;
}

TEST_CASE("a rewind into an item repeats what followed in it, and nothing beside it") {
  const std::map<std::string, int> effects = effects_after(rewind_to("pay/a/check"));
  for (const auto& [name, times] : effects) {
    INFO(name);
    const bool again = name == "deep-a" || name == "check-a" || name == "after";
    CHECK(times == (again ? 2 : 1));
  }
  CHECK(effects.contains("deep-b"));
}

TEST_CASE("a rewind into a step keeps the effects of the steps around it") {
  const std::map<std::string, int> effects = effects_after(rewind_to("pay/a/check/deep"));
  CHECK(effects.at("deep-a") == 2);
  CHECK(effects.at("check-a") == 1);
  CHECK(effects.at("send-a") == 1);
}

TEST_CASE("an item that was skipped before it began, and rewound, repeats nothing beside it") {
  const Recipe recipe = nasty_recipe("rewound");
  const Reference reference = make_reference(recipe);
  Rehearsal rehearsal(recipe, &reference);
  rehearsal.session({Point::after_commit, 4});  // dies in the first step
  rehearsal.operate(skip("pay/a"));
  rehearsal.session({});
  rehearsal.settle();
  rehearsal.operate(rewind_to("pay/a"));
  const Ending ending = rehearsal.to_end();
  CHECK(ending.phase == RunPhase::ok);
  for (const auto& [name, times] : ending.effects) {
    INFO(name);
    CHECK(times == (name == "after" ? 2 : 1));
  }
  CHECK(ending.effects.contains("send-a"));
  CHECK(ending.effects.contains("send-b"));
}

TEST_CASE("a run that was rewound, and is cut anywhere, ends as if it had not been cut") {
  const std::string to =
      GENERATE("pay/a/check/deep", "pay/a/check", "pay/b", "pay", "before", "last");
  cut_what_follows(rewind_to(to));
}

TEST_CASE("so does one that was cut before it was rewound") {
  const std::uint64_t at = GENERATE(5U, 9U, 14U, 20U, 26U);
  cut_what_follows(rewind_to("pay/a"), {Point::after_commit, at});
}

TEST_CASE("a run with a step skipped by hand, and cut anywhere, ends as if it had not been cut") {
  const std::string step = GENERATE("last", "pay/a", "not yet asked for");
  cut_what_follows(skip(step));
}

}  // namespace
}  // namespace runbook
