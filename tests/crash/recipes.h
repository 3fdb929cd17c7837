#pragma once
// The recipes of the matrix: tests/crash/recipes/, and the examples that need nothing but this
// machine.

#include <vector>

#include "tests/crash/rehearsal.h"

namespace runbook {

std::vector<Recipe> nasty_recipes();
/// All that come to their end by themselves or by answers: 12 and 13 need an operator who steers,
/// the quickstart a chain.
std::vector<Recipe> examples();
Recipe nasty_recipe(const std::string& name);

}  // namespace runbook
