#pragma once
// recipe{ lock = }: one unfinished run per name in a store.

#include <filesystem>
#include <string>

#include "engine/recipe/engine_parts.h"

namespace runbook {

/// Gives the name to this run. SessionStop(lock_held) if a live process drives another unfinished
/// run with it, SessionStop(unfinished_run) naming both commands if nobody drives that run.
Task<void> hold_recipe_lock(EngineParts& parts, std::filesystem::path state_folder,
                            std::string name);

}  // namespace runbook
