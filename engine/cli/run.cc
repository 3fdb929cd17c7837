// runbook run RECIPE

#include <fmt/format.h>

#include <filesystem>

#include "engine/base/command_text.h"
#include "engine/base/error.h"
#include "engine/cli/chosen_run.h"
#include "engine/cli/run_facts.h"
#include "engine/cli/secret_names.h"
#include "engine/cli/session.h"
#include "engine/cli/terminal.h"
#include "engine/journal/journal.h"
#include "engine/recipe/runner.h"
#include "engine/view/next_commands.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

/// The recipe's last run, if it can be resumed and has anything to keep.
std::optional<RunFacts> unfinished_run(Context& context, const Project& project, Store& store,
                                       const std::string& recipe, RunState& state) {
  const std::optional<RunRow> row = latest_run(store, recipe);
  if (!row || !is_unfinished(*row)) {
    return std::nullopt;
  }
  state = read_run_state(store, row->id);
  if (state.steps.empty()) {
    return std::nullopt;
  }
  return run_facts(context, project, *row, state);
}

enum class Choice { resume, fresh };

Choice ask_what_to_do(Context& context, const RunFacts& facts, const RunState& state) {
  const RunPhase phase = phase_now(state, facts.driver != 0);
  const std::string question = fmt::format(
      "An unfinished run of this recipe exists: {} ({}, {}).\n"
      "[R]esume  [n]ew run  [s]how: ",
      facts.row.id, phase_name(phase), ago(state.updated, facts.now));
  for (;;) {
    const std::optional<std::string> answer = ask_line(context, question);
    if (!answer) {
      throw Error(Code::unfinished_run, "nothing was chosen");
    }
    if (answer->empty() || *answer == "r" || *answer == "R") {
      return Choice::resume;
    }
    if (*answer == "n" || *answer == "N") {
      return Choice::fresh;
    }
    if (*answer == "s" || *answer == "S") {
      context.err.write(status_page(state, facts));
    }
  }
}

[[noreturn]] void refuse_second_run(const RunFacts& facts, const RunState& state,
                                    const std::string& recipe) {
  const RunPhase phase = phase_now(state, facts.driver != 0);
  throw Error(Code::unfinished_run,
              fmt::format("an unfinished run of this recipe exists: {} ({}, {})", facts.row.id,
                          phase_name(phase), ago(state.updated, facts.now)),
              fmt::format("go on with it:    {}\n      or start another: {}",
                          command_text("resume", {facts.row.id}),
                          command_text("run", {recipe}, "--fresh")));
}

int run(Context& context) {
  const std::string& text = context.arguments.text("recipe");
  const Project project = project_of(context.arguments);
  RunOptions options = session_options(context.arguments, project);
  options.recipe = find_recipe(project, std::filesystem::current_path(), text);
  make_state_folder(project);
  const std::unique_ptr<Store> store = open_sqlite_store(project.state, OpenMode::create);
  RunState state;
  if (!context.arguments.has("fresh")) {
    if (const auto facts =
            unfinished_run(context, project, *store, recipe_name(project, options.recipe), state)) {
      if (!can_ask(context.arguments)) {
        refuse_second_run(*facts, state, text);
      }
      show_secret_names(context, project, facts->row.id, state);
      if (ask_what_to_do(context, *facts, state) == Choice::resume) {
        options.run = facts->row.id;
      }
    }
  }
  return drive_session(context, project, *store, std::move(options));
}

}  // namespace

Command run_command() {
  using enum CommandParameter::Count;
  Command command{"Everyday",
                  "run",
                  "start a run of a recipe (offers to resume an unfinished one)",
                  {{"recipe", "", "the recipe's file", required},
                   {"--fresh", "", "start another run even if one is unfinished", optional}},
                  run};
  const std::vector<CommandParameter> shared = session_parameters();
  command.parameters.insert(command.parameters.end(), shared.begin(), shared.end());
  return command;
}

}  // namespace runbook
