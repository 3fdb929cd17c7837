#pragma once
// How far an object of the cluster is, as it says itself: its conditions, its rollout, and which
// pods are its own. Pure: what kubectl printed goes in.

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

/// Labels of the pods it keeps, as --selector takes them; empty if it keeps none.
std::string pod_selector_of(const Json& object);

/// Of what was found with it, the pods of a deployment's newest replica set; else all pods.
Json newest_pods(const Json& object, const Json& found);

bool is_owned_by(const Json& object, const std::string& uid);
/// Of a deployment and its replica sets.
inline constexpr const char* kRevisionAnnotation =
    "/metadata/annotations/deployment.kubernetes.io~1revision";

/// "deployment.apps", as `kubectl --output=name` says it.
std::string kind_name_of(const Json& object);
/// { kind, namespace, name }, without namespace for what has none.
Json identity_of(const Json& object);

/// A member that may be missing: null then.
Json at_path(const Json& object, const char* pointer);
std::string text_at(const Json& object, const char* pointer);
std::int64_t number_at(const Json& object, const char* pointer, std::int64_t fallback = 0);

}  // namespace runbook::kubectl
