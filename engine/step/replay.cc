// Requests that are answered from the record, and what has changed since it was made.

#include <utility>

#include "engine/base/path.h"
#include "engine/base/references.h"
#include "engine/step/fingerprint.h"
#include "engine/step/session_impl.h"

namespace runbook {
namespace {

/// The error a step ended with.
Error recorded_error(const StepState& step) {
  Error error = Error::from_json(step.value.parse());
  if (error.path.empty()) {
    error.path = step.path;
  }
  return error;
}

}  // namespace

/// inputs = by fingerprint, secrets by reference; empty if the step has none.
std::string Session::inputs_print(const StepSpec& spec) const {
  if (spec.options.inputs.is_null()) {
    return {};
  }
  return fingerprint(recordable(impl_->vault, spec.options.inputs));
}

std::optional<RawJson> Session::replay(Scope& outer, const StepSpec& spec) {
  const std::string path = join_path(outer.path, spec.segment);
  const StepState* step = state().find_step(path);
  if (step == nullptr || step->state != State::ok || outer.mode == Mode::look ||
      impl_->settings.collect_undos || outer.cancel->requested() ||
      outer.attempt->names.contains(path)) {
    return std::nullopt;
  }
  outer.attempt->names.insert(path);
  return recorded_end(*step, spec);
}

RawJson Session::recorded_end(const StepState& step, const StepSpec& spec) {
  impl_->view.requested.insert(step.path);
  if (replaying()) {
    impl_->drift.kept.push_back(step.path);
  }
  if (replaying() && spec.kind != Kind::item) {  // items share one body: it would be said of each
    if (spec.body_hash != 0 && step.body != 0 && spec.body_hash != step.body) {
      impl_->drift.changed.push_back(step.path);
    }
    const auto inputs = state().inputs.find(step.path);
    if (inputs != state().inputs.end() && inputs->second != inputs_print(spec)) {
      impl_->drift.inputs.push_back(step.path);
    }
  }
  if (has_result(step.state)) {
    return step.value;
  }
  throw recorded_error(step);
}

// A fan-out counts its items that were withheld; anything else raises why.
void Session::withhold(const std::string& path, const StepSpec& spec) const {
  if (spec.kind == Kind::item) {
    throw Withheld();
  }
  throw closed_by(path);
}

// The failure for which nothing starts at `path`: of those that left its innermost closed prefix
// the one that came first.
Error Session::closed_by(std::string_view path) const {
  std::string_view prefix = parent_path(path);
  while (!prefix.empty() && !state().closed.contains(prefix)) {
    prefix = parent_path(prefix);
  }
  const StepState* first = nullptr;
  for (const auto& [failed, failure] : state().handled_failures) {
    const bool left = is_under(failed, prefix) && !is_under(failure.scope, prefix);
    const StepState* step = left ? state().find_step(failed) : nullptr;
    if (step != nullptr && (first == nullptr || step->finished < first->finished)) {
      first = step;
    }
  }
  RB_CHECK(first != nullptr);
  return recorded_error(*first);
}

}  // namespace runbook
