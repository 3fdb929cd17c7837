#pragma once
// The declarations, each beside the code it calls; gathered by kubectl.cc.

#include <vector>

#include "engine/lua/module.h"

namespace runbook::kubectl {

std::vector<Function> manifest_functions();  ///< apply.cc: apply, delete, diff
std::vector<Function> read_functions();      ///< read.cc: get, list
std::vector<Function> change_functions();    ///< change.cc: label, annotate, scale, patch
std::vector<Function> create_functions();    ///< create.cc: create_secret, create_namespace
Function diff_function();                    ///< diff.cc
Function patch_function();                   ///< patch.cc
/// cluster.cc: connect, contexts, current_context, version, can_i, events
std::vector<Function> cluster_functions();
std::vector<Function> wait_functions();     ///< wait.cc: wait, rollout_status
std::vector<Function> rollout_functions();  ///< rollout.cc: rollout_restart, rollout_undo
Function logs_function();
Function exec_function();
Function cp_function();  ///< copy.cc
Function port_forward_function();

}  // namespace runbook::kubectl
