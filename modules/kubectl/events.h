#pragma once
// Events of a cluster, as rows for people and recipes.

#include "engine/base/json.h"

namespace runbook::kubectl {

/// { time, type, reason, object, message, count } of each, the oldest first.
Json event_rows(const Json& events);

}  // namespace runbook::kubectl
