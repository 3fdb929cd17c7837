// What is forgotten when a person wants a step done again. Steps are kept in the order of their
// first start, which is the order of the recipe except for what runs concurrently: items of one
// fan-out.

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "engine/base/path.h"
#include "engine/base/suggestion.h"
#include "engine/journal/next_action.h"

namespace runbook {
namespace {

/// A step of a fan-out. What was settled by hand before it began has no kind of its own: what lies
/// beside it tells.
bool is_item(const RunState& state, std::string_view path) {
  const StepState* step = state.find_step(path);
  if (step != nullptr && step->attempts > 0) {
    return step->kind == Kind::item;
  }
  return std::ranges::any_of(state.steps, [prefix = parent_path(path)](const StepState& other) {
    return other.kind == Kind::item && parent_path(other.path) == prefix;
  });
}

/// The fan-outs that `path` runs in as (prefix, item): what lies under a prefix and not under its
/// item runs beside `path`.
class Beside {
 public:
  Beside(const RunState& state, std::string_view path) {
    for (; !path.empty(); path = parent_path(path)) {
      if (is_item(state, path)) {
        items_.push_back(path);
      }
    }
  }
  bool holds(std::string_view path) const {
    return std::ranges::any_of(items_, [&](std::string_view item) {
      return is_under(path, parent_path(item)) && !is_under(path, item);
    });
  }

 private:
  std::vector<std::string_view> items_;
};

bool is_in_reserved(std::string_view path, std::string_view first) {
  return path.size() > first.size() && is_under(path, first);
}

/// What a rewind to a path forgets besides the results above it.
class Followers {
 public:
  Followers(const RunState& state, std::string_view path)
      : state_(state), path_(path), beside_(state, path) {
    const StepState* known = state.find_step(path);
    std::string_view placed = path;
    if (known != nullptr && known->attempts == 0) {  // settled by hand, before it ever began
      if (is_item(state, path)) {
        placed = parent_path(path);  // beside the others
      } else {
        settled_ = known->finished;  // no place in the order
      }
    }
    for (std::uint32_t i = 0; i < state.steps.size(); ++i) {
      const StepState& step = state.steps[i];
      if (is_under(step.path, placed) && step.attempts > 0) {
        first_ = std::min(first_, i);
      }
    }
  }

  bool holds(std::uint32_t index) const {
    const StepState& step = state_.steps[index];
    if (is_under(step.path, path_)) {
      return true;
    }
    // An `on_fail` belongs to its session, which is over.
    if (step.attempts == 0 || is_in_reserved(step.path, "on_fail") || beside_.holds(step.path)) {
      return false;
    }
    if (is_in_reserved(step.path, "undo")) {
      return undoes_one(step.path);
    }
    return index > first_ || (settled_ != 0 && step.started > settled_);
  }

 private:
  /// "undo/a/b", or "undo/undo/a/b", goes with step "a/b" or "a".
  bool undoes_one(std::string_view path) const {
    std::string_view undone = path;
    while (is_in_reserved(undone, "undo")) {
      undone = undone.substr(undone.find('/') + 1);
    }
    for (; !undone.empty(); undone = parent_path(undone)) {
      const auto entry = state_.step_index.find(undone);
      if (entry != state_.step_index.end() && holds(entry->second)) {
        return true;
      }
    }
    return false;
  }

  const RunState& state_;
  std::string_view path_;
  Beside beside_;
  std::uint32_t first_ = std::numeric_limits<std::uint32_t>::max();
  Sequence settled_ = 0;
};

/// The steps that `is_forgotten` holds for and those above `path`.
template <typename IsForgotten>
std::vector<std::string> collect(const RunState& state, std::string_view path,
                                 const IsForgotten& is_forgotten) {
  std::vector<std::string> forgotten;
  bool found = false;
  for (std::uint32_t i = 0; i < state.steps.size(); ++i) {
    const std::string& candidate = state.steps[i].path;
    found |= is_under(candidate, path);
    if (is_under(path, candidate) || is_forgotten(i)) {
      forgotten.push_back(candidate);
    }
  }
  if (!found) {
    refuse_step(state, path);
  }
  if (state.find_step(path) == nullptr) {
    forgotten.emplace_back(path);  // a prefix: what was recorded in its own scope
  }
  return forgotten;
}

}  // namespace

std::string near_step(const RunState& state, std::string_view path) {
  std::vector<std::string_view> names(state.steps.size());
  std::ranges::transform(state.steps, names.begin(),
                         [](const StepState& step) { return std::string_view(step.path); });
  return did_you_mean(path, names);
}

void refuse_step(const RunState& state, std::string_view path) {
  throw Error(Code::step_not_found,
              fmt::format("the run has no step \"{}\"{}", path, near_step(state, path)));
}

std::vector<std::string> forgotten_by_rerun(const RunState& state, std::string_view path) {
  return collect(state, path,
                 [&](std::uint32_t index) { return is_under(state.steps[index].path, path); });
}

std::vector<std::string> forgotten_by_rewind(const RunState& state, std::string_view path) {
  const Followers followers(state, path);
  return collect(state, path, [&](std::uint32_t index) { return followers.holds(index); });
}

std::vector<const CallState*> calls_made_again(const RunState& state, std::string_view path,
                                               const std::vector<std::string>& forgotten) {
  std::vector<const CallState*> calls;
  for (const std::string& step : forgotten) {
    const StepState* known = state.find_step(step);
    if (known == nullptr || (step != path && is_under(path, step))) {
      continue;  // above it: its calls are kept
    }
    for (const std::uint32_t index : known->calls) {
      const CallState& call = state.calls[index];
      if (call.end == CallState::End::open || (call.end == CallState::End::ok && !call.forgotten)) {
        calls.push_back(&call);
      }
    }
  }
  return calls;
}

}  // namespace runbook
