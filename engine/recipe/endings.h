#pragma once
// How a session ends, and what the recipe wants done then: finally and on_fail (design §3.1).

#include <optional>

#include "engine/base/error.h"
#include "engine/recipe/engine_parts.h"

namespace runbook {

struct SessionEnding {
  RunPhase phase = RunPhase::ok;
  int exit = 0;
  std::optional<Error> error;
};

/// The ending of a session that `error` ended.
SessionEnding failed(const Error& error, const RunState& state);

/// When the run ends for good the finally bodies in reverse order of their registration, after a
/// failure the on_fail bodies in order. A failing finally fails the run.
Task<void> run_endings(EngineParts& parts, lua::Globals& globals, SessionEnding& ending);

}  // namespace runbook
