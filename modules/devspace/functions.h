#pragma once
// The declarations, each beside the code it calls; gathered by devspace.cc.

#include <vector>

#include "engine/lua/module.h"

namespace runbook::devspace {

std::vector<Function> deploy_functions();   ///< deploy.cc
std::vector<Function> purge_functions();    ///< purge.cc: purge, use_namespace
std::vector<Function> command_functions();  ///< commands.cc: run, enter
std::vector<Function> reading_functions();  ///< reading.cc: what devspace.yaml and the cluster say

}  // namespace runbook::devspace
