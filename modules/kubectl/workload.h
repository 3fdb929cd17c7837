#pragma once
// Objects of the cluster as kubectl prints them: their names, and which pods are their own. Pure.

#include <string>
#include <string_view>

#include "engine/base/json.h"

namespace runbook::kubectl {

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
