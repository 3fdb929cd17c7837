// runbook show RUN [STEP]: everything the journal knows. runbook show RECIPE: what it takes and
// does.

#include <fmt/format.h>

#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/suggestion.h"
#include "engine/cli/chosen_run.h"
#include "engine/cli/columns.h"
#include "engine/cli/journal_page.h"
#include "engine/cli/named_step.h"
#include "engine/cli/recipe_page.h"
#include "engine/cli/run_facts.h"
#include "engine/cli/secret_names.h"
#include "engine/cli/terminal.h"
#include "engine/journal/journal.h"
#include "engine/lua/module.h"
#include "engine/recipe/catalogue.h"

namespace runbook {

namespace {

void print_events(Context& context, Store& store, const std::string& run, const std::string& step) {
  std::string lines;
  store.read_events(run, 0, [&](StoredEvent& stored) {
    const Event event = decode(std::move(stored));
    if (step.empty() || event.step == step) {
      lines += to_json_line(event, run).dump() + "\n";
    }
  });
  context.out.write(lines);
}

int show_run(Context& context, const Project& project, Store& store, const std::string& name,
             const std::string& step_text) {
  const RunRow row = choose_run(store, name);
  const RunState state = read_run_state(store, row.id);
  const bool driven = driver_of(project, row.id) != 0;
  const bool json = output_format(context.arguments, false) == OutputFormat::json;
  if (!json) {
    show_secret_names(context, project, row.id, state);
  }
  if (step_text.empty()) {
    json ? print_events(context, store, row.id, "")
         : context.out.write(journal_page(state, row, driven));
    return 0;
  }
  std::string_view gap;
  for (const StepState* step : steps_meant(state, step_text)) {
    if (json) {
      print_events(context, store, row.id, step->path);
    } else {
      context.out.write(gap);
      context.out.write(journal_page(state, *step, driven));
      gap = "\n";
    }
  }
  return 0;
}

/// The newest run of the recipe that ended well.
std::optional<FinishedRun> last_finished(Store* store, const std::string& recipe) {
  if (store == nullptr) {
    return std::nullopt;
  }
  for (const RunRow& row : store->list_runs()) {
    if (row.recipe == recipe && static_cast<RunPhase>(row.state) == RunPhase::ok) {
      return FinishedRun{row.id, read_run_state(*store, row.id)};
    }
  }
  return std::nullopt;
}

int show_recipe(Context& context, const Project& project, Store* store,
                const std::filesystem::path& path) {
  ShownRecipe shown{recipe_name(project, path),
                    read_recipe_file(project.root, path, context.modules()), std::nullopt};
  shown.last = last_finished(store, shown.name);
  if (output_format(context.arguments, false) == OutputFormat::json) {
    context.out.write(recipe_json(shown).dump() + "\n");
  } else {
    context.out.write(
        recipe_page(shown, context.state_option, context.clock.now(), columns_of(context.out)));
  }
  return 0;
}

/// The recipe of this name; nullopt if there is none.
std::optional<std::filesystem::path> recipe_called(const Project& project,
                                                   const std::string& name) {
  try {
    return find_recipe(project, std::filesystem::current_path(), name);
  } catch (const Error& error) {
    if (error.code != Code::recipe_not_found) {
      throw;
    }
    return std::nullopt;
  }
}

[[noreturn]] void refuse_name(const Project& project, Store* store, const std::string& name) {
  std::vector<std::string> known = {"@last", "@failed"};
  for (const RunRow& row : store == nullptr ? std::vector<RunRow>() : store->list_runs()) {
    known.push_back(row.id);
  }
  for (const std::filesystem::path& path : recipe_files(project)) {
    known.push_back(recipe_name(project, path));
    if (path.parent_path().filename() == "recipes") {
      known.push_back(path.stem().string());
    }
  }
  if (store != nullptr) {
    for (const StepState& step : read_run_state(*store, choose_run(*store, "").id).steps) {
      known.push_back(step.path);
    }
  }
  const std::string elsewhere = recipe_elsewhere(project, name);
  throw Error(Code::run_not_found,
              fmt::format("there is no run, recipe, or step of the newest run called \"{}\"{}",
                          name, did_you_mean(elsewhere.empty() ? name : elsewhere, known)),
              "runbook runs and runbook list show what there is");
}

/// Beginnings of ids come first, then recipes, then steps of the newest run.
int show_named(Context& context, const Project& project, Store* store, const std::string& name) {
  if (store != nullptr && names_a_run(*store, name)) {
    return show_run(context, project, *store, name, "");
  }
  if (const auto recipe = recipe_called(project, name)) {
    return show_recipe(context, project, store, *recipe);
  }
  if (store != nullptr && has_step_meant(read_run_state(*store, choose_run(*store, "").id), name)) {
    return show_run(context, project, *store, "", name);
  }
  refuse_name(project, store, name);
}

int show(Context& context) {
  const Arguments& arguments = context.arguments;
  const bool named = arguments.has("run");
  // A recipe can be shown before there was any run.
  const Project project = named ? project_of(arguments) : existing_project(arguments);
  const bool has_runs = has_store(project);
  const std::unique_ptr<Store> store =
      has_runs || !named ? open_sqlite_store(project.state, OpenMode::read_only) : nullptr;
  if (!named) {
    return show_run(context, project, *store, "", "");
  }
  if (!arguments.has("step")) {
    return show_named(context, project, store.get(), arguments.text("run"));
  }
  if (store == nullptr) {
    throw Error(Code::run_not_found, "there are no runs yet", "start one: runbook run RECIPE");
  }
  return show_run(context, project, *store, arguments.text("run"), arguments.text("step"));
}

}  // namespace

Command show_command() {
  using enum CommandParameter::Count;
  return {
      "Look",
      "show",
      "a run, one step of it, or a recipe",
      {{"run", "RUN|RECIPE", "a run (id or its beginning, @last, @failed), or a recipe", optional},
       {"step", "", "path of a step, or of what it lies under", optional},
       {"--output", "FORMAT", "plain, or json: the events of a run, one a line", optional,
        "auto plain json"},
       kStateParameter},
      show};
}

}  // namespace runbook
