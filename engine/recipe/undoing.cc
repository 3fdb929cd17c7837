#include "engine/recipe/undoing.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/identity.h"
#include "engine/base/path.h"
#include "engine/base/suggestion.h"
#include "engine/journal/undo_order.h"

namespace runbook {
namespace {

void check_exceptions(const std::vector<const StepState*>& steps,
                      const std::vector<std::string>& except) {
  std::vector<std::string_view> names;
  for (const StepState* step : steps) {
    names.emplace_back(step->path);
  }
  for (const std::string& name : except) {
    if (std::ranges::find(names, name) == names.end()) {
      throw Error(Code::step_not_found,
                  fmt::format("\"{}\" is no step to be undone{}", name, did_you_mean(name, names)));
    }
  }
}

[[noreturn]] void refuse_undo(const std::vector<std::string>& missing) {
  Error error(Code::undo_missing,
              fmt::format("nothing was undone: the undo function of {} was not found",
                          fmt::join(missing, ", ")),
              {}, Json{{"steps", missing}});
  error.path = missing.front();
  throw error;
}

}  // namespace

std::vector<Undo> plan_undo(const Session& session, const std::vector<std::string>& except) {
  const std::vector<const StepState*> steps = steps_to_undo(session.state());
  check_exceptions(steps, except);
  std::vector<Undo> undos;
  std::vector<std::string> missing;
  for (const StepState* step : steps) {
    if (std::ranges::find(except, step->path) != except.end()) {
      continue;
    }
    const auto function = session.undos().find(step->path);
    if (function == session.undos().end()) {
      missing.push_back(step->path);
    } else {
      undos.push_back({step->path, step->value, function->second});
    }
  }
  if (!missing.empty()) {
    refuse_undo(missing);
  }
  return undos;
}

void record_exceptions(EngineParts& parts, const std::vector<std::string>& except,
                       const std::string& reason) {
  for (const std::string& step : except) {
    event::StepSkipped skipped{.reason = reason.empty() ? "--except" : parts.vault.conceal(reason),
                               .actor = actor_name(),
                               .value = RawJson("null")};
    parts.journal.append(std::move(skipped), undo_path(parts.journal.state(), step));
  }
}

Task<void> undo_steps(EngineParts& parts, std::vector<Undo> undos) {
  for (const Undo& undo : undos) {
    const std::string path = undo_path(parts.journal.state(), undo.step);
    Scope scope = parts.session.root();
    scope.path = parent_path(path);
    StepSpec spec;
    spec.segment = last_segment(path);
    spec.kind = Kind::undo;
    Body body = [&undo](Scope& inner) { return undo.function(inner, undo.result); };
    co_await parts.session.step(scope, std::move(spec), std::move(body));
  }
}

}  // namespace runbook
