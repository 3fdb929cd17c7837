#pragma once
// The declarations, each beside the code it calls; gathered by kubectl.cc.

#include <vector>

#include "engine/lua/module.h"

namespace runbook::kubectl {

std::vector<Function> manifest_functions();  ///< apply.cc: apply, delete
std::vector<Function> read_functions();      ///< read.cc: get, list
/// cluster.cc: connect, contexts, current_context, version, can_i, events
std::vector<Function> cluster_functions();

}  // namespace runbook::kubectl
