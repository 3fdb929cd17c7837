#pragma once
// The declarations, each beside the code it calls; gathered by hardhat.cc.

#include <vector>

#include "engine/lua/module.h"

namespace runbook::hardhat {

Function deploy_function();                 ///< deploy.cc
Function node_function();                   ///< node.cc
std::vector<Function> task_functions();     ///< tasks.cc: compile, run, test, task
std::vector<Function> reading_functions();  ///< reading.cc: deployments, ignition

}  // namespace runbook::hardhat
