#pragma once
// The findings of `doctor` about command line tools.

#include <filesystem>
#include <vector>

#include "engine/cli/doctor.h"
#include "engine/recipe/needs.h"

namespace runbook {

/// Of each: where it is, its version, and what else must be right before it can be used (a login, a
/// context), all at once and each for 10 s at most.
void look_at_found(const std::vector<FoundNeed>& all, const std::filesystem::path& root,
                   std::vector<Finding>& findings);

}  // namespace runbook
