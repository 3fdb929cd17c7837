#pragma once
// A recipe as `runbook show RECIPE` prints it, without a run.

#include <filesystem>
#include <optional>
#include <string>

#include "engine/cli/command.h"
#include "engine/journal/run_state.h"
#include "engine/recipe/header_reader.h"

namespace runbook {

/// Its last finished run, for what a header does not say: its steps.
struct FinishedRun {
  std::string id;
  RunState state;
};

struct ShownRecipe {
  std::string name;  ///< "recipes/deploy.lua"
  RecipeFile file;
  std::optional<FinishedRun> last;
};

std::string recipe_page(const ShownRecipe& recipe, const StateOption& state_option, Timestamp now,
                        std::size_t columns);
/// {v, recipe, name, version, summary, description, params, needs, steps, steps_from}.
OrderedJson recipe_json(const ShownRecipe& recipe);

}  // namespace runbook
