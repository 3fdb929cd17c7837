#include "engine/recipe/expectation.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "engine/base/path.h"
#include "engine/journal/journal.h"
#include "engine/journal/open_call.h"

namespace runbook {
namespace {

constexpr Sequence kLongestRun = 5'000;

bool is_done(const RunState& state, const std::string& path) {
  const StepState* step = state.find_step(path);
  return step != nullptr && has_result(step->state);
}

}  // namespace

std::vector<std::string> kept_names(const RunState& state, const std::vector<std::string>& paths) {
  std::vector<std::string> names;
  std::map<std::string_view, std::pair<std::size_t, std::size_t>> items;  // by prefix: name, count
  for (const std::string& path : paths) {
    const StepState* step = state.find_step(path);
    if (step == nullptr || step->kind != Kind::item) {
      names.push_back(path);
      continue;
    }
    const std::string_view prefix = parent_path(path);
    const auto [entry, added] = items.try_emplace(prefix, names.size(), 0);
    if (added) {
      names.emplace_back(prefix);
    }
    ++entry->second.second;
  }
  for (const auto& [prefix, item] : items) {
    names[item.first] += fmt::format(" ({})", item.second);
  }
  return names;
}

std::vector<std::string> open_call_texts(const RunState& state) {
  std::vector<std::string> texts;
  for (const std::uint32_t index : state.open_calls) {
    texts.push_back(open_call_text(state.calls[index]));
  }
  return texts;
}

std::string attempted(const RunState& state, const std::string& step) {
  const StepState* known = state.find_step(step);
  return known == nullptr ? step : fmt::format("{} (attempt {})", step, known->attempts + 1);
}

std::optional<RunState> last_finished_run(Store& store, const std::string& recipe) {
  for (const RunRow& row : store.list_runs()) {
    if (row.recipe == recipe && row.state == static_cast<int>(RunPhase::ok) &&
        row.head <= kLongestRun) {
      return read_run_state(store, row.id);
    }
  }
  return std::nullopt;
}

std::vector<std::string> expected_steps(const RunState& finished, const RunState& state,
                                        const std::string& next) {
  std::vector<std::string> expected;
  const auto at = finished.step_index.find(next);
  if (at == finished.step_index.end()) {
    return expected;
  }
  for (std::size_t i = at->second + 1; i < finished.steps.size(); ++i) {
    const StepState& step = finished.steps[i];
    if (step.kind != Kind::item && !is_done(state, step.path)) {
      expected.push_back(step.path);
    }
  }
  return expected;
}

}  // namespace runbook
