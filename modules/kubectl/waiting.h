#pragma once
// Waits for objects of the cluster, and says all the while why they are not as wanted: what they
// say themselves, their pods, a pod's last event and last line. Gives up at once on what will not
// heal (patience.h), else at the deadline.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "modules/kubectl/connection.h"
#include "modules/kubectl/workload.h"

namespace runbook::kubectl {

/// What all of them must be, as a jsonpath of kubectl's says; without `value`: there is something.
struct JsonPath {
  std::string expression;
  std::optional<std::string> value;
};

struct Goal {
  std::string aim;                 ///< after "waited 5m for": "deployment/web to be Available"
  std::string kind;                ///< "deployment"
  std::vector<std::string> words;  ///< of kubectl get: { "deployment/web" }
  bool is_absence = false;
  std::optional<JsonPath> path{};
  std::function<Progress(const Json& object)> look{};  ///< unless is_absence or path
};

/// timeout, every, and the limits of patience, after a primitive's own.
std::vector<Option> with_waiting(std::vector<Option> own);

/// The objects, once they are as wanted; with `path` each has its `value`. Error(Code::
/// kubernetes_not_ready | kubernetes_will_not_heal), or what kubectl says.
Task<Json> wait_for(Call& call, Goal goal);

}  // namespace runbook::kubectl
