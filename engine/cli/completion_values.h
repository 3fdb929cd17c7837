#pragma once
// What a parameter can be, from what the project has: runs, steps, recipes, their parameters.

#include "engine/cli/complete.h"

namespace runbook {

/// By the parameter's choices, else by its value's name ("STEP"), else by its own ("run").
/// `context.arguments` is what was typed before it.
Candidates values_of(Context& context, const CommandParameter& parameter, const std::string& word);
/// Whether values_of() knows what to offer; free text has nothing.
bool has_values(const CommandParameter& parameter);

}  // namespace runbook
