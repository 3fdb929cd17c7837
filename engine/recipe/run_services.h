#pragma once
// The services of a run: recorded when they start and end, found again when the run resumes (design
// §3.3).

#include "engine/recipe/engine_parts.h"

namespace runbook {

/// From now on service.started and service.ended are events of the run.
void record_services(EngineParts& parts);

/// Each recorded service must run: one that is gone is started again with its argv and port if its
/// restart rule allows, else SessionStop(service_gone) saying since when.
Task<void> find_services_again(EngineParts& parts);

}  // namespace runbook
