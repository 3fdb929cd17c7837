#include "engine/journal/history.h"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/base/path.h"
#include "engine/journal/failures.h"

namespace runbook {
namespace {

bool is_above(std::string_view path, std::string_view target) {
  return path != target && is_under(target, path);
}

void forget_step(RunState& state, StepState& step, bool calls_too) {
  step.state = State::pending;
  step.value = {};
  step.marked = false;
  step.finished = 0;
  step.finished_time = 0;
  step.waiting_until = 0;
  step.waiting_for.clear();
  if (calls_too) {
    for (const std::uint32_t index : step.calls) {
      state.calls[index].forgotten = true;
    }
  }
}

bool is_in_forgotten_scope(const std::unordered_set<std::string_view>& forgotten,
                           std::string_view scope) {
  for (; !scope.empty(); scope = parent_path(scope)) {
    if (forgotten.contains(scope)) {
      return true;
    }
  }
  return false;
}

void rename_failures(RunState::Failures& failures, std::string_view from, const std::string& to) {
  const auto failure = failures.find(from);
  if (failure != failures.end()) {
    failures[to] = std::exchange(failure->second, {});
    failures.erase(failure);
  }
}

void rename_values(RunState& state, std::string_view from, std::string_view to) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : state.values) {
    if (is_under(scope_of_key(key), from)) {
      keys.push_back(key);
    }
  }
  for (const std::string& key : keys) {
    auto value = state.values.extract(key);
    value.key() = std::string(to) + key.substr(from.size());
    state.values.insert(std::move(value));
  }
}

}  // namespace

void forget_results(RunState& state, const event::RunRewound& rewound) {
  std::unordered_set<std::string_view> forgotten;
  for (const std::string& path : rewound.forgotten) {
    const bool above = is_above(path, rewound.to);
    if (!above) {
      forgotten.insert(path);
    }
    reopen(state, path);
    const auto entry = state.step_index.find(path);
    if (entry != state.step_index.end()) {
      forget_step(state, state.steps[entry->second], !above);
    }
  }
  std::erase_if(state.values, [&](const auto& value) {
    return is_in_forgotten_scope(forgotten, scope_of_key(value.first));
  });
  std::erase_if(state.questions, [&](const auto& question) {
    return is_in_forgotten_scope(forgotten, question.first);
  });
}

bool rename_step(RunState& state, std::string_view from, std::string_view to) {
  if (state.find_step(from) == nullptr || state.find_step(to) != nullptr) {
    return false;
  }
  for (StepState& step : state.steps) {
    if (!is_under(step.path, from)) {
      continue;
    }
    std::string path = std::string(to) + step.path.substr(from.size());
    rename_failures(state.fresh_failures, step.path, path);
    rename_failures(state.handled_failures, step.path, path);
    auto entry = state.step_index.extract(step.path);
    entry.key() = path;
    state.step_index.insert(std::move(entry));
    for (const std::uint32_t index : step.calls) {
      state.calls[index].step = path;
    }
    if (auto inputs = state.inputs.extract(step.path)) {
      inputs.key() = path;
      state.inputs.insert(std::move(inputs));
    }
    if (auto question = state.questions.extract(step.path)) {
      question.key() = path;
      state.questions.insert(std::move(question));
    }
    step.path = std::move(path);
  }
  if (!state.values.empty()) {
    rename_values(state, from, to);
  }
  return true;
}

void record_body(RunState& state, std::uint32_t index, const event::StepStarted& started) {
  const StepState& step = state.steps[index];
  if (started.body == 0 || (step.body == started.body && step.site == started.site)) {
    return;
  }
  std::vector<RunState::BodyUse>& uses = state.bodies[started.body];
  const auto use = std::ranges::find(uses, started.site, &RunState::BodyUse::site);
  if (use == uses.end()) {
    uses.push_back({.site = started.site, .steps = 1, .first = index});
  } else {
    ++use->steps;
  }
}

}  // namespace runbook
