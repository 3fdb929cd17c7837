#include "engine/cli/named_step.h"

#include "engine/base/suggestion.h"
#include "engine/journal/next_action.h"

namespace runbook {

namespace {

std::vector<std::string_view> paths_of(const RunState& state) {
  std::vector<std::string_view> paths;
  for (const StepState& step : state.steps) {
    paths.emplace_back(step.path);
  }
  return paths;
}

std::vector<const StepState*> find_meant(const RunState& state, const std::string& text) {
  if (const StepState* step = state.find_step(text)) {
    return {step};
  }
  std::vector<const StepState*> found;
  for (const StepState& step : state.steps) {
    if (step.path.starts_with(text + "/")) {
      found.push_back(&step);
    }
  }
  if (const std::string_view only = only_match(text, paths_of(state));
      found.empty() && !only.empty()) {
    found.push_back(state.find_step(only));
  }
  return found;
}

}  // namespace

const StepState& get_step(const RunState& state, const std::string& path) {
  const StepState* step = state.find_step(path);
  if (step == nullptr) {
    refuse_step(state, path);
  }
  return *step;
}

std::vector<const StepState*> steps_meant(const RunState& state, const std::string& text) {
  std::vector<const StepState*> found = find_meant(state, text);
  if (found.empty()) {
    refuse_step(state, text);
  }
  return found;
}

bool has_step_meant(const RunState& state, const std::string& text) {
  return !find_meant(state, text).empty();
}

}  // namespace runbook
