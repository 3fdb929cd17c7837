#pragma once
// The recipes of the matrix: tests/crash/recipes/, and the examples that need nothing but this
// machine.

#include <vector>

#include "tests/crash/rehearsal.h"

namespace runbook {

std::vector<Recipe> nasty_recipes();
/// 01 to 08: the quickstart needs a chain.
std::vector<Recipe> examples();
Recipe nasty_recipe(const std::string& name);

}  // namespace runbook
