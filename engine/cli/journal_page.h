#pragma once
// Everything the journal knows of a run or of a step, for people.

#include <string>

#include "engine/journal/run_state.h"
#include "engine/store/store.h"

namespace runbook {

std::string journal_page(const RunState& state, const RunRow& row, bool driven);
std::string journal_page(const RunState& state, const StepState& step, bool driven);

}  // namespace runbook
