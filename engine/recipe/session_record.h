#pragma once
// What a session records of itself: its beginning and its end, --rerun, the sources it loaded.

#include <string>
#include <vector>

#include "engine/recipe/endings.h"
#include "engine/recipe/engine_parts.h"
#include "engine/recipe/inputs.h"
#include "engine/recipe/opening.h"

namespace runbook {

void record_start(EngineParts& parts, const OpenedRun& run, const RunOptions& options,
                  const Inputs& inputs);

/// --rerun STEP forgets the step, what is under it and its ancestors' results; its open calls that
/// name no resource are given up with it (the operator decided), those that name one stay open and
/// are settled by their primitive.
void record_reruns(EngineParts& parts, const std::vector<std::string>& steps);

/// Every file that was loaded is kept by content; its hash is recorded when it is new or another
/// than before. True if it is another.
bool record_source(EngineParts& parts, const std::string& path, const std::string& content);

void record_end(EngineParts& parts, const SessionEnding& ending);

}  // namespace runbook
