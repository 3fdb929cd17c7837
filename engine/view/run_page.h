#pragma once
// A run as `runbook status` and `runbook runs` show it: a page for people, the versioned JSON of
// design §9 for programs.

#include <string>
#include <vector>

#include "engine/journal/run_state.h"
#include "engine/store/store.h"
#include "engine/view/state_option.h"

namespace runbook {

struct ServiceLine {
  std::string name, status;  ///< "running", "ended with exit 1", …
};

/// What is true now and is not in the events.
struct RunFacts {
  RunRow row;
  int driver = 0;  ///< pid of the process that drives the run, 0 if nobody does
  Timestamp now = 0;
  std::vector<ServiceLine> services;
  StateOption state_option = {};
  bool all_steps = false;  ///< list finished items of large loops one by one
};

/// The steps a finished run took, items of large loops as one line, and how long each was.
std::string step_outline(const RunState& state);
std::string status_page(const RunState& state, const RunFacts& facts);
/// {v, run, recipe, state, exit, started, finished, host, params, target, outputs, steps, open,
/// next}.
OrderedJson status_json(const RunState& state, const RunFacts& facts);
/// The same without outputs, steps, open and next: one element of `runs --output json`.
OrderedJson run_head_json(const RunState& state, const RunFacts& facts);

}  // namespace runbook
