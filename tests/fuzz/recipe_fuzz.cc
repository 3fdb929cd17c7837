// The recipe loader: whatever the text, an Error or a header; and what is given for its parameters
// is checked or refused. Input: a KEY=VALUE parameter file, a line "--", a recipe. Loops are left
// to the tests of the watchdog: each would take its five seconds.
#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/lua/lexer.h"
#include "engine/lua/module.h"
#include "engine/recipe/header_reader.h"
#include "engine/recipe/parameters.h"
#include "tests/base/temporary_folder.h"
#include "tests/fuzz/target.h"

namespace {

namespace fs = std::filesystem;

fs::path write(const fs::path& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  return path;
}

bool may_loop(std::string_view recipe) {
  constexpr std::array<std::string_view, 4> kLoops = {"while", "for ", "repeat", "goto"};
  for (const std::string_view word : kLoops) {
    if (recipe.find(word) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

void load(const fs::path& folder, std::string_view given, std::string_view recipe) {
  static const std::vector<runbook::Module> modules = {
      {.name = "tool", .functions = {{.name = "act"}, {.name = "look"}}}};
  const runbook::RecipeFile file =
      runbook::read_recipe_file(folder, write(folder / "recipe.lua", recipe), modules);
  check(file.sources.contains("recipe.lua"));
  for (const auto& function : runbook::lua::find_functions(recipe)) {
    check(function.begin < function.end && function.end <= recipe.size());
    check(recipe.substr(function.begin).starts_with("function"));
  }
  if (!file.header) {
    return;
  }
  runbook::GivenParameters parameters;
  parameters.files = {write(folder / "given.env", given)};
  parameters.environment = [](const std::string& name) { return std::optional("0x" + name); };
  const auto checked = runbook::check_parameters(file.header->parameters, parameters, folder);
  for (const auto& secret : checked.secrets) {
    check(secret.value.size() >= 6);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const runbook::TemporaryFolder folder;
  const std::string text(data, data + size);
  const auto divider = text.find("\n--\n");
  const std::string_view all = text;
  const bool divided = divider != std::string::npos;
  const std::string_view recipe = divided ? all.substr(divider + 4) : all;
  if (may_loop(recipe)) {
    return 0;
  }
  try {
    load(folder.path(), divided ? all.substr(0, divider) : "", recipe);
  } catch (const runbook::Error& error) {
    check(!error.message.empty());
  }
  return 0;
}
