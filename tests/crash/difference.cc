// What a run that was cut may leave that one that was not does not: nothing but what a name allows.

#include <fmt/format.h>

#include "tests/crash/rehearsal.h"

namespace runbook {
namespace {

// "maybe" happens once or not at all.
bool is_maybe(const std::string& name) {
  return name.find("maybe") != std::string::npos;
}

bool is_settled(const std::string& step) {
  return step.starts_with("ok") || step.starts_with("skipped") || step.starts_with("failed");
}

template <typename Value>
std::string compare(const std::string& what, const Value& expected, const Value& found) {
  return expected == found ? ""
                           : fmt::format("{}: expected {}, found {}\n", what, Json(expected).dump(),
                                         Json(found).dump());
}

}  // namespace

std::string difference(const Ending& expected, const Ending& found) {
  std::string text = compare("phase", std::string(phase_name(expected.phase)),
                             std::string(phase_name(found.phase)));
  text += compare("exit", expected.exit, found.exit);
  text += compare("error", expected.error, found.error);
  text += compare("outputs", expected.outputs, found.outputs);
  text += compare("state", expected.state, found.state);
  text += compare("notes", expected.notes, found.notes);
  text += compare("attachments", expected.attachments, found.attachments);
  const auto step_in = [](const Ending& ending, const std::string& path) {
    const auto step = ending.steps.find(path);
    return step == ending.steps.end() ? std::string("absent") : step->second;
  };
  std::map<std::string, std::string> paths = expected.steps;
  paths.insert(found.steps.begin(), found.steps.end());
  for (const auto& [path, unused] : paths) {
    const std::string before = step_in(expected, path);
    const std::string after = step_in(found, path);
    if (!is_maybe(path) && (is_settled(before) || is_settled(after))) {
      text += compare("step " + path, before, after);
    }
  }
  std::map<std::string, int> effects = expected.effects;
  effects.insert(found.effects.begin(), found.effects.end());
  const auto times_in = [](const Ending& ending, const std::string& name) {
    const auto effect = ending.effects.find(name);
    return effect == ending.effects.end() ? 0 : effect->second;
  };
  for (const auto& [name, unused] : effects) {
    const int times = times_in(found, name);
    const bool allowed = is_maybe(name) ? times <= 1 : times == times_in(expected, name);
    text += allowed ? "" : compare("effect " + name, times_in(expected, name), times);
  }
  text += compare("idempotent effects", expected.sets, found.sets);
  return text;
}

}  // namespace runbook
