// runbook runs: the runs of the project, the newest first.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/duration.h"
#include "engine/base/error.h"
#include "engine/base/suggestion.h"
#include "engine/cli/run_facts.h"
#include "engine/cli/terminal.h"
#include "engine/journal/journal.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

/// A run and the pid of who drives it, 0 if nobody does.
struct Listed {
  RunRow row;
  int driver = 0;
};

constexpr std::array<std::pair<const char*, RunPhase>, 4> kStates = {
    {{"failed", RunPhase::failed},
     {"waiting", RunPhase::waiting},
     {"unknown", RunPhase::unknown},
     {"running", RunPhase::running}}};

/// In one of the states that were asked for; in any, if none was.
bool has_wanted_state(const Arguments& arguments, const Listed& listed) {
  bool any = true;
  for (const auto& [option, phase] : kStates) {
    if (arguments.has(option)) {
      any = false;
      if (row_phase(listed.row, listed.driver) == phase) {
        return true;
      }
    }
  }
  return any;
}

/// "deploy" and "deploy.lua" are recipes/deploy.lua, as for `runbook run`.
bool is_of_recipe(const RunRow& row, const std::string& recipe) {
  const auto ends_with = [&](const std::string& name) {
    return row.recipe == name || row.recipe.ends_with("/" + name);
  };
  return row.name == recipe || ends_with(recipe) || ends_with(recipe + ".lua");
}

void check_recipe(const std::vector<RunRow>& rows, const std::string& recipe) {
  std::vector<std::string> known;
  for (const RunRow& row : rows) {
    if (is_of_recipe(row, recipe)) {
      return;
    }
    known.push_back(row.recipe);
    known.push_back(row.name);
  }
  throw Error(Code::run_not_found,
              fmt::format("no run is of a recipe \"{}\"{}", recipe, did_you_mean(recipe, known)));
}

std::vector<Listed> wanted_runs(Context& context, Store& store, const Project& project) {
  const Arguments& arguments = context.arguments;
  const std::vector<RunRow> rows = store.list_runs();
  const std::string recipe = arguments.has("recipe") ? arguments.text("recipe") : "";
  if (!recipe.empty()) {
    check_recipe(rows, recipe);
  }
  const Timestamp since =
      arguments.has("since") ? context.clock.now() - parse_duration(arguments.text("since")).count()
                             : 0;
  std::vector<Listed> wanted;
  for (const RunRow& row : rows) {
    const Listed listed{row, driver_of(project, row.id)};
    if (row.updated >= since && (recipe.empty() || is_of_recipe(row, recipe)) &&
        has_wanted_state(arguments, listed)) {
      wanted.push_back(listed);
    }
  }
  return wanted;
}

std::string as_json(Context& context, Store& store, const std::vector<Listed>& runs) {
  OrderedJson list = OrderedJson::array();
  for (const Listed& listed : runs) {
    RunFacts facts;
    facts.row = listed.row;
    facts.driver = listed.driver;
    facts.now = context.clock.now();
    list.push_back(run_head_json(read_run_state(store, listed.row.id), facts));
  }
  return list.dump() + "\n";
}

int runs(Context& context) {
  const OutputFormat format = output_format(context.arguments, false);
  const Project project = existing_project(context.arguments);
  const std::unique_ptr<Store> store = open_sqlite_store(project.state, OpenMode::read_only);
  const std::vector<Listed> wanted = wanted_runs(context, *store, project);
  if (format == OutputFormat::json) {
    context.out.write(as_json(context, *store, wanted));
    return 0;
  }
  for (const Listed& listed : wanted) {
    context.out.write(run_line(listed.row, listed.driver, context.clock.now(), ""));
  }
  if (wanted.empty()) {
    context.err.write("no run is like that\n");
  }
  return 0;
}

}  // namespace

Command runs_command() {
  using enum CommandParameter::Count;
  return {"Look",
          "runs",
          "the runs of this project",
          {{"--failed", "", "those that failed", optional},
           {"--waiting", "", "those that wait for a person", optional},
           {"--unknown", "", "those with an outcome that nobody knows", optional},
           {"--running", "", "those that are driven now", optional},
           {"--recipe", "RECIPE", "those of this recipe", optional},
           {"--since", "DURATION", "those that moved in this time: 7d", optional},
           kOutputParameter,
           kStateParameter},
          runs};
}

}  // namespace runbook
