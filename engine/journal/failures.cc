#include "engine/journal/failures.h"

#include <algorithm>
#include <vector>

#include "engine/base/path.h"

namespace runbook {
namespace {

using Failures = RunState::Failures;

/// "a/b/c" under "a" → "a/b". REQUIRES: path lies under scope and is not scope.
std::string_view child_towards(std::string_view scope, std::string_view path) {
  const std::size_t from = scope.empty() ? 0 : scope.size() + 1;
  return path.substr(0, path.find('/', from));
}

/// The first failure after all that lie under `path`. No path holds the byte 0xff.
Failures::iterator after_all_under(Failures& failures, std::string_view path) {
  return failures.lower_bound(std::string(path) + "/\xff");
}

Failures::iterator first_strictly_under(Failures& failures, std::string_view path) {
  return path.empty() ? failures.begin() : failures.upper_bound(path);
}

bool is_item(const RunState& state, std::string_view path) {
  const StepState* step = state.find_step(path);
  return step != nullptr && step->kind == Kind::item;
}

StepState& step_at(RunState& state, std::string_view path) {
  return state.steps[state.step_index.find(path)->second];
}

/// The prefixes a failure left on its way to `scope`; none of them is a step, since a step settles
/// what fails inside it.
template <typename Visit>
void for_prefixes_between(std::string_view scope, std::string_view path, Visit visit) {
  for (std::string_view prefix = parent_path(path); prefix.size() > scope.size();
       prefix = parent_path(prefix)) {
    visit(prefix);
  }
}

void mark_handled(RunState& state, const std::string& path, Sequence at, std::string_view scope) {
  step_at(state, path).handled = true;
  for_prefixes_between(scope, path, [&](std::string_view prefix) {
    if (state.find_step(prefix) == nullptr) {
      state.closed.emplace(prefix, at);
    }
  });
  state.handled_failures[path] = {at, std::string(scope)};
}

// All failures outside of `towards` (what began; empty: something recorded in the scope itself) of
// a scope that went on. The items of a fan-out do not show that another of them was handled.
void handle_in_scope(RunState& state, std::string_view scope, std::string_view towards) {
  Failures& fresh = state.fresh_failures;
  auto failure = first_strictly_under(fresh, scope);
  while (failure != fresh.end() && is_under(failure->first, scope)) {
    if (!towards.empty() && is_under(failure->first, towards)) {
      failure = after_all_under(fresh, towards);
      continue;
    }
    if (is_item(state, child_towards(scope, failure->first))) {
      return;
    }
    mark_handled(state, failure->first, failure->second.at, scope);
    failure = fresh.erase(failure);
  }
}

Failures::iterator unhandle(RunState& state, Failures::iterator failure) {
  step_at(state, failure->first).handled = false;
  for_prefixes_between(failure->second.scope, failure->first, [&](std::string_view prefix) {
    if (const auto closed = state.closed.find(prefix); closed != state.closed.end()) {
      state.closed.erase(closed);
    }
  });
  return state.handled_failures.erase(failure);
}

// The request that failed in `scope` was not handled: neither were the other failures in it.
void unhandle_request(RunState& state, std::string_view scope, std::string_view request) {
  Failures& handled = state.handled_failures;
  auto failure = handled.lower_bound(request);
  while (failure != handled.end() && is_under(failure->first, request)) {
    failure = failure->second.scope == scope ? unhandle(state, failure) : std::next(failure);
  }
}

std::string_view text_of(const Json& error, const char* field) {
  const auto found = error.find(field);
  return found != error.end() && found->is_string()
             ? std::string_view(found->get_ref<const std::string&>())
             : std::string_view();
}

/// Whether `error` is the one `step` failed with, or belongs to a prefix it closed (`each` with
/// keep_going raises one error of its own for all its failures).
bool left_again(RunState& state, const std::string& path, const RunState::Failure& failure,
                const Json& error) {
  const std::string_view where = text_of(error, "path");
  bool of_prefix = false;
  for_prefixes_between(failure.scope, path,
                       [&](std::string_view prefix) { of_prefix |= prefix == where; });
  if (of_prefix) {
    return true;
  }
  const Json recorded = step_at(state, path).value.parse();
  return recorded.is_object() && text_of(recorded, "path") == where &&
         text_of(recorded, "code") == text_of(error, "code") &&
         text_of(recorded, "message") == text_of(error, "message");
}

void unhandle_if_left(RunState& state, std::string_view under, const Json& error) {
  Failures& handled = state.handled_failures;
  if (handled.empty() || !error.is_object()) {
    return;
  }
  struct Request {
    std::string scope, path;
  };
  std::vector<Request> left;
  for (auto failure = first_strictly_under(handled, under);
       failure != handled.end() && is_under(failure->first, under); ++failure) {
    const auto& [path, facts] = *failure;
    if (left_again(state, path, facts, error)) {
      left.push_back({facts.scope, std::string(child_towards(facts.scope, path))});
    }
  }
  for (const Request& request : left) {
    unhandle_request(state, request.scope, request.path);
  }
}

void erase_strictly_under(Failures& failures, std::string_view path) {
  failures.erase(first_strictly_under(failures, path), after_all_under(failures, path));
}

}  // namespace

void note_progress(RunState& state, std::string_view path, Progress progress) {
  if (state.fresh_failures.empty() || is_ending(path)) {
    return;
  }
  if (progress == Progress::began) {
    erase_strictly_under(state.fresh_failures, path);
    if (const auto own = state.fresh_failures.find(path); own != state.fresh_failures.end()) {
      state.fresh_failures.erase(own);
    }
  }
  for (std::size_t end = 0; end < path.size();) {
    const std::string_view scope = path.substr(0, end);
    const std::string_view child = child_towards(scope, path);
    handle_in_scope(state, scope, child);
    end = child.size();
  }
  if (progress == Progress::recorded) {
    handle_in_scope(state, path, {});
  }
}

void note_failure(RunState& state, const StepState& step) {
  if (!is_ending(step.path)) {
    state.fresh_failures[step.path] = {step.finished, {}};
  }
}

void note_end(RunState& state, std::string_view path, const Json& error) {
  unhandle_if_left(state, path, error);
  if (state.fresh_failures.empty()) {
    return;
  }
  erase_strictly_under(state.fresh_failures, path);
  if (const auto own = state.fresh_failures.find(path); own != state.fresh_failures.end()) {
    state.fresh_failures.erase(own);
  }
}

void note_session_end(RunState& state, const Json& error) {
  unhandle_if_left(state, {}, error);
}

void note_session_start(RunState& state) {
  state.fresh_failures.clear();
}

void reopen(RunState& state, std::string_view path) {
  if (const auto handled = state.handled_failures.find(path);
      handled != state.handled_failures.end()) {
    unhandle(state, handled);
  }
  if (const auto fresh = state.fresh_failures.find(path); fresh != state.fresh_failures.end()) {
    state.fresh_failures.erase(fresh);
  }
  for (std::string_view prefix = path; !state.closed.empty() && !prefix.empty();
       prefix = parent_path(prefix)) {
    if (const auto closed = state.closed.find(prefix); closed != state.closed.end()) {
      state.closed.erase(closed);
    }
  }
}

bool is_closed(const RunState& state, std::string_view path) {
  if (state.closed.empty()) {
    return false;
  }
  for (std::string_view prefix = parent_path(path); !prefix.empty(); prefix = parent_path(prefix)) {
    if (state.closed.contains(prefix)) {
      return true;
    }
  }
  return false;
}

}  // namespace runbook
