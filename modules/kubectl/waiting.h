#pragma once
// Waits for objects of the cluster, and says all the while why they are not as wanted: what they
// say themselves, their pods, a pod's last event and last line. Gives up at once on what will not
// heal (patience.h), else at the deadline.

#include <vector>

#include "modules/kubectl/connection.h"
#include "modules/kubectl/goal.h"

namespace runbook::kubectl {

/// timeout, every, and the limits of patience, after a primitive's own.
std::vector<Option> with_waiting(std::vector<Option> own);

/// The objects, once they are as wanted; with `path` each has its `value`. Error(Code::
/// kubernetes_not_ready | kubernetes_will_not_heal), or what kubectl says.
Task<Json> wait_for(Call& call, Goal goal);

}  // namespace runbook::kubectl
