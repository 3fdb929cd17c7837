#pragma once
// Failures that the recipe handles (design §3.1): which failed steps raise their recorded error on
// replay, because the recipe went on after them, and which are attempted again.
//
// A failure is fresh when it is recorded. Whatever begins or is recorded afterwards in an enclosing
// scope shows that the recipe caught it: it is handled, and so is every prefix (group, each,
// parallel) that it left on the way; those are closed. Items of one fan-out run beside each other
// and say nothing about one another. A failure inside a step that has ended is settled with that
// step, and a new attempt of a step makes everything under it open again.

#include <string_view>

#include "engine/journal/run_state.h"

namespace runbook {

/// Something began at `path` (a step) or was recorded in the scope `path`.
enum class Progress { began, recorded };
void note_progress(RunState& state, std::string_view path, Progress progress);

/// A step's attempt failed and its error left the step. REQUIRES: recorded in the step already.
void note_failure(RunState& state, const StepState& step);
/// A step's attempt is over: what failed inside it is settled with it. If it ended with `error`
/// (null: without), a failure inside that had that very error was not handled after all.
void note_end(RunState& state, std::string_view path, const Json& error);
/// The session ended with `error` (null: without).
void note_session_end(RunState& state, const Json& error);
/// A new session: what was not handled is attempted again.
void note_session_start(RunState& state);

/// A step was forgotten or settled by hand: it is no handled failure, and nothing above it is
/// closed because of it.
void reopen(RunState& state, std::string_view path);
/// Whether `path` lies under a closed prefix.
bool is_closed(const RunState& state, std::string_view path);

}  // namespace runbook
