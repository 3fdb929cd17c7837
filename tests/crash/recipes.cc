#include "tests/crash/recipes.h"

#include <algorithm>
#include <cstdlib>

namespace runbook {

Recipe nasty_recipe(const std::string& name) {
  Recipe recipe;
  recipe.name = name;
  recipe.file = std::filesystem::path(TEST_FOLDER) / "recipes" / (name + ".lua");
  if (name == "gates_by_flag") {
    recipe.approve = {"roll out/eu/go", "around/inside"};
    recipe.answers = {"roll out/us/size.size=7", "roll out/us/size.token=correct-horse"};
  }
  return recipe;
}

std::vector<Recipe> nasty_recipes() {
  std::vector<Recipe> recipes;
  const std::filesystem::path folder = std::filesystem::path(TEST_FOLDER) / "recipes";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".lua") {
      recipes.push_back(nasty_recipe(entry.path().stem().string()));
    }
  }
  std::ranges::sort(recipes, {}, &Recipe::name);
  return recipes;
}

std::vector<Recipe> examples() {
  ::setenv("EXAMPLE_TOKEN", "correct-horse", 1);
  std::vector<Recipe> recipes;
  for (const char* name :
       {"01_hello", "02_params", "03_each_and_parallel", "04_retry_and_wait", "05_once_and_probe",
        "06_service", "07_secrets", "08_finally_and_state", "09_gate", "10_ask", "11_undo",
        "14_manual", "15_made_secrets", "16_lib", "17_amounts"}) {
    Recipe& recipe = recipes.emplace_back();
    recipe.name = name;
    recipe.file = std::filesystem::path(SOURCE_FOLDER) / "examples" / (recipe.name + ".lua");
    recipe.is_steady = recipe.name != "06_service" && recipe.name != "08_finally_and_state" &&
                       recipe.name != "09_gate";
  }
  recipes[1].parameters = {"region=eu"};
  recipes[4].ledger = "ledger.txt";
  recipes[8].approve = {"go-live"};
  recipes[9].answers = {"where.region=eu"};
  recipes.back().parameters = {"budget=0.5 ether"};
  return recipes;
}

}  // namespace runbook
