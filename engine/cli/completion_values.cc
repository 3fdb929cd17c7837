#include "engine/cli/completion_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <optional>

#include "engine/base/error.h"
#include "engine/cli/chosen_run.h"
#include "engine/cli/primitives.h"
#include "engine/cli/run_facts.h"
#include "engine/journal/journal.h"
#include "engine/lua/module.h"
#include "engine/recipe/catalogue.h"
#include "engine/recipe/header_reader.h"
#include "engine/recipe/typed_answer.h"
#include "engine/view/next_commands.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

/// nullptr where there is no store yet.
std::unique_ptr<Store> store_of(const Project& project) {
  return has_store(project) ? open_sqlite_store(project.state, OpenMode::read_only) : nullptr;
}

Candidates runs(Context& context, const std::string& /*word*/) {
  Candidates found;
  const Project project = project_of(context.arguments);
  if (const auto store = store_of(project)) {
    found.list = {{"@last", "the newest run"}, {"@failed", "the newest that failed"}};
    for (const RunRow& row : store->list_runs()) {
      const RunPhase phase = row_phase(row, driver_of(project, row.id));
      found.list.push_back({row.id, fmt::format("{} {}, {}", row.name, phase_name(phase),
                                                ago(row.updated, context.clock.now()))});
    }
  }
  return found;
}

Candidates steps(Context& context, const std::string& /*word*/) {
  Candidates found;
  const Project project = project_of(context.arguments);
  const auto store = store_of(project);
  if (store == nullptr) {
    return found;
  }
  const std::string run = context.arguments.has("run") ? context.arguments.text("run") : "";
  const RunRow row = choose_run(*store, run);
  const bool driven = driver_of(project, row.id) != 0;
  for (const StepState& step : read_run_state(*store, row.id).steps) {
    found.list.push_back({step.path, std::string(state_name(step_state_now(step, driven)))});
  }
  return found;
}

Candidates recipes(Context& context, const std::string& /*word*/) {
  Candidates found{{}, true};
  const Project project = project_of(context.arguments);
  for (const CatalogueEntry& entry : read_catalogue(project, context.modules())) {
    found.list.push_back({entry.recipe, entry.header ? entry.header->summary : ""});
  }
  return found;
}

Candidates joined(Candidates first, Candidates second) {
  std::move(second.list.begin(), second.list.end(), std::back_inserter(first.list));
  return first;
}

Candidates runs_and_steps(Context& context, const std::string& word) {
  return joined(runs(context, word), steps(context, word));
}

Candidates runs_and_recipes(Context& context, const std::string& word) {
  return joined(runs(context, word), recipes(context, word));
}

/// "region="; "region=eu" once the name stands there.
Candidates settings(const std::vector<Parameter>& declared, const std::string& word) {
  Candidates found;
  for (const Parameter& parameter : declared) {
    const std::string name = parameter.name + "=";
    if (!word.starts_with(name)) {
      found.list.push_back({name, parameter.help});
      continue;
    }
    const bool yes_no = parameter.type == ParameterType::boolean;
    for (const std::string& value :
         yes_no ? std::vector<std::string>{"true", "false"} : parameter.values) {
      found.list.push_back({name + value, parameter.help});
    }
  }
  return found;
}

/// Of the recipe that was typed.
Candidates parameters(Context& context, const std::string& word) {
  if (!context.arguments.has("recipe")) {
    return {};
  }
  const Project project = project_of(context.arguments);
  const auto path =
      find_recipe(project, std::filesystem::current_path(), context.arguments.text("recipe"));
  const RecipeFile file = read_recipe_file(project.root, path, context.modules());
  return settings(file.header.value_or(Header()).parameters, word);
}

/// Of the question that the step asks.
Candidates fields(Context& context, const std::string& word) {
  const auto store = store_of(project_of(context.arguments));
  if (store == nullptr || !context.arguments.has("step")) {
    return {};
  }
  const RunRow row = choose_run(*store, context.arguments.text("run"));
  const RunState state = read_run_state(*store, row.id);
  const auto question = state.questions.find(context.arguments.text("step"));
  return question == state.questions.end() ? Candidates()
                                           : settings(question_fields(question->second), word);
}

Candidates topics(Context& context, const std::string& /*word*/) {
  Candidates found;
  for (const Module& module : context.modules()) {
    found.list.push_back({std::string(module.name), std::string(module.summary)});
    for (const Function& function : module.functions) {
      found.list.push_back(
          {fmt::format("{}.{}", module.name, function.name), std::string(function.summary)});
    }
  }
  for (const CodeInfo& info : all_codes()) {
    found.list.push_back({code_text(info.code), std::string(info.sentence)});
  }
  return found;
}

Candidates prefixes(Context& context, const std::string& /*word*/) {
  Candidates found;
  for (const std::string& name : primitive_names(context.modules())) {
    found.list.push_back({name, ""});
  }
  return found;
}

Candidates families(Context& context, const std::string& /*word*/) {
  Candidates found;
  for (const Module& module : context.modules()) {
    found.list.push_back({std::string(module.name), std::string(module.summary)});
  }
  return found;
}

Candidates keys(Context& context, const std::string& /*word*/) {
  Candidates found;
  if (const auto store = store_of(project_of(context.arguments))) {
    for (const StateEntry& entry : store->list_state("")) {
      found.list.push_back({entry.key, one_line(entry.value, 60)});
    }
  }
  return found;
}

Candidates files(Context& /*context*/, const std::string& /*word*/) {
  return {{}, true};
}

using Source = Candidates (*)(Context& context, const std::string& word);

/// By what a parameter is called where it is declared: kinds of values have one name everywhere.
constexpr std::array<std::pair<std::string_view, Source>, 17> kSources = {
    {{"run", runs},
     {"RUN|RECIPE", runs_and_recipes},
     {"RUN|STEP", runs_and_steps},
     {"step", steps},
     {"recipe", recipes},
     {"topic", topics},
     {"prefix", prefixes},
     {"family", families},
     {"key", keys},
     {"field", fields},
     {"RUN", runs},
     {"STEP", steps},
     {"RECIPE", recipes},
     {"FILE", files},
     {"FOLDER", files},
     {"NAME=VALUE", parameters},
     {"JSON|@FILE", files}}};

Source source_of(const CommandParameter& parameter) {
  const std::string_view kind = parameter.value.empty() ? parameter.name : parameter.value;
  const auto found = std::find_if(kSources.begin(), kSources.end(),
                                  [&](const auto& row) { return row.first == kind; });
  return found == kSources.end() ? nullptr : found->second;
}

}  // namespace

bool has_values(const CommandParameter& parameter) {
  return !parameter.choices.empty() || source_of(parameter) != nullptr;
}

Candidates values_of(Context& context, const CommandParameter& parameter, const std::string& word) {
  Candidates found;
  for (const std::string_view choice : parameter.choice_words()) {
    found.list.push_back({std::string(choice), ""});
  }
  const Source source = source_of(parameter);
  return found.list.empty() && source != nullptr ? source(context, word) : found;
}

}  // namespace runbook
