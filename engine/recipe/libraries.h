#pragma once
// The files and modules that a recipe requires, looked at without a run.

#include <filesystem>
#include <vector>

#include "engine/base/error.h"

namespace runbook {

struct Module;

/// What the recipe requires, also behind its header and inside functions, and what does not load:
/// one error each. REQUIRES: the recipe compiles.
std::vector<Error> broken_libraries(const std::filesystem::path& root,
                                    const std::filesystem::path& recipe,
                                    const std::vector<Module>& modules);

}  // namespace runbook
