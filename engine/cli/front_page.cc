#include "engine/cli/front_page.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/cli/chosen_run.h"
#include "engine/cli/help.h"
#include "engine/cli/list.h"
#include "engine/cli/run_facts.h"
#include "engine/lua/module.h"
#include "engine/recipe/catalogue.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

constexpr std::size_t kShown = 10;

std::string rest_line(std::size_t count, const std::string& command) {
  return count <= kShown ? "" : fmt::format("  ... and {} more: {}\n", count - kShown, command);
}

std::string unfinished_lines(const Context& context, const Project& project) {
  if (!has_store(project)) {
    return {};
  }
  const std::unique_ptr<Store> store = open_sqlite_store(project.state, OpenMode::read_only);
  std::string lines;
  std::size_t count = 0;
  for (const RunRow& row : store->list_runs()) {
    if (is_unfinished(row) && ++count <= kShown) {
      lines += run_line(row, driver_of(project, row.id), context.clock.now(), "  ");
    }
  }
  return lines + rest_line(count, context.state_option.put_into("runbook runs"));
}

std::string recipe_lines(const Context& context, const Project& project) {
  std::vector<CatalogueEntry> entries = read_catalogue(project, context.modules());
  const std::size_t count = entries.size();
  entries.resize(std::min(count, kShown));
  return catalogue_lines(entries, "  ") +
         rest_line(count, context.state_option.put_into("runbook list"));
}

}  // namespace

int front_page(Context& context) {
  const Project project = project_of(context.arguments);
  const std::string unfinished = unfinished_lines(context, project);
  const std::string recipes = recipe_lines(context, project);
  if (unfinished.empty() && recipes.empty()) {
    context.err.write(short_help());
    return code_info(Code::usage).exit;
  }
  context.out.write(short_help());
  if (!unfinished.empty()) {
    context.out.write(context.state_option.put_into(
        "\nUnfinished runs (runbook status RUN says why, and what to type)\n"));
    context.out.write(unfinished);
  }
  if (!recipes.empty()) {
    context.out.write(
        context.state_option.put_into("\nRecipes (runbook show RECIPE, runbook run RECIPE)\n"));
    context.out.write(recipes);
  }
  return 0;
}

}  // namespace runbook
