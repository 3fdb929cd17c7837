#pragma once
// What a person at the terminal is asked, and how it may be answered. Pure.

#include <string>
#include <string_view>

#include "engine/recipe/parameters.h"
#include "engine/recipe/runner.h"

namespace runbook {

/// A gate, or a manual step that asks for nothing: a approve, d deny, x leave it open.
Prompt verdict_prompt(const StepState& step, const Question& question, Timestamp now);
/// What stands above the first field of an ask or manual step.
Prompt field_prompt(const StepState& step, const Question& question, const Parameter& field,
                    bool first, Timestamp now);
/// Why it was denied.
Prompt comment_prompt(const std::string& step);
/// --step: y run it, s skip it, a ask no more, q stop here.
Prompt attempt_prompt(const std::string& step, Kind kind, const StepState* before);
/// A step of unknown outcome: r run again, d mark done, f mark failed, x leave.
Prompt unknown_prompt(const StepState& step, const RunState& state, const std::string& evidence);
/// After d: the result that the next lines read.
Prompt result_prompt(const std::string& step);

/// Nothing else can move: what is waited for, with the flags and commands that answer. Its path is
/// the first step that asks, empty if nothing is open.
Error input_needed(const RunState& state, const std::string& run, Timestamp now);

}  // namespace runbook
