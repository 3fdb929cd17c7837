#pragma once
// How far an object of the cluster is, as it says itself: its conditions, its rollout. Pure: what
// kubectl printed goes in.

#include <string>
#include <string_view>

#include "engine/base/json.h"

namespace runbook::kubectl {

/// "Available", "Ready=False": compared without regard to case, as kubectl does.
struct Condition {
  std::string type;
  std::string status = "True";
};
Condition condition_from(std::string_view text);

struct Progress {
  bool is_done = false;
  bool is_over = false;  ///< it will not happen any more
  std::string why;       ///< not yet
  std::string value;     ///< done: of the condition
};

/// The one of this type; null if it has none.
Json named_condition(const Json& object, std::string_view type);

/// A condition that was set before the object's last change counts for nothing.
Progress condition_of(const Json& object, const Condition& wanted);

/// What `kubectl rollout status` waits for. Error(Code::option_invalid) for a kind that is not
/// rolled out.
Progress rollout_of(const Json& object);

}  // namespace runbook::kubectl
