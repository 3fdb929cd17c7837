#include "engine/recipe/opening.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "engine/base/id.h"
#include "engine/base/identity.h"
#include "engine/base/secret.h"
#include "engine/io/process.h"
#include "engine/lua/module.h"
#include "engine/recipe/inputs.h"

namespace runbook {
namespace {

/// The cheap part of recipe{ needs }: the tools are there.
void check_needs(const Header& header) {
  const char* path = std::getenv("PATH");
  for (const Need& need : header.needs) {
    if (!find_program(need.tool, path == nullptr ? "" : path)) {
      throw Error(
          Code::program_not_found,
          fmt::format("the recipe needs {} {}, which is not on PATH", need.tool, need.version));
    }
  }
}

/// Wrong parameters are said before a run exists.
void check_inputs(const std::string& run, const Header& header, const RunOptions& options) {
  Redactor redactor;
  SecretVault vault(run, redactor);
  first_inputs(header, options, vault);
}

FileLock hold(const std::string& run, const RunOptions& options, Clock& clock) {
  const std::filesystem::path folder = options.state_folder / "runs" / run;
  make_private_directory(folder);
  FileLock lock = FileLock::try_acquire(
      folder / "lock",
      fmt::format("pid {} on {} since {}", ::getpid(), host_name(), format_timestamp(clock.now())));
  if (!lock.held()) {
    throw Error(Code::run_locked, fmt::format("{} is driven by {}", run, lock.holder()));
  }
  return lock;
}

void create_row(Store& store, Clock& clock, const OpenedRun& run, const RunOptions& options) {
  RunRow row;
  row.id = run.id;
  row.recipe = recorded_recipe(options);
  row.name = run_name(options, run.file);
  row.created = row.updated = clock.now();
  row.state = static_cast<int>(RunPhase::running);
  store.create_run(row);
}

}  // namespace

OpenedRun open_run(Clock& clock, Store& store, const std::vector<Module>& modules,
                   const RunOptions& options) {
  const bool known = !options.run.empty();
  RecipeFile file = read_recipe_file(options.root, options.recipe, modules);
  if (file.header) {
    check_needs(*file.header);
  }
  std::string id = known ? options.run : new_run_id();
  FileLock lock = hold(id, options, clock);
  OpenedRun run{.id = std::move(id), .file = std::move(file), .lock = std::move(lock)};
  // A run that died before its first event was durable begins as if it were new.
  const std::optional<RunRow> recorded = known ? store.find_run(run.id) : std::nullopt;
  run.resumed = recorded && recorded->head > 0;
  if (!run.resumed && run.file.header) {
    check_inputs(run.id, *run.file.header, options);
  }
  if (!known) {
    create_row(store, clock, run, options);
  }
  return run;
}

std::optional<RunReport> finished_run(Store& store, const RunOptions& options) {
  const std::optional<RunRow> row =
      options.run.empty() ? std::nullopt : store.find_run(options.run);
  if (!row) {
    return std::nullopt;
  }
  const auto phase = static_cast<RunPhase>(row->state);
  if (phase != RunPhase::ok && phase != RunPhase::cancelled && phase != RunPhase::undone) {
    return std::nullopt;
  }
  return RunReport{.run = row->id, .phase = phase, .exit = row->exit, .error = std::nullopt};
}

std::string run_name(const RunOptions& options, const RecipeFile& file) {
  return file.header && !file.header->name.empty() ? file.header->name
                                                   : options.recipe.stem().string();
}

std::string recorded_recipe(const RunOptions& options) {
  return options.recipe.lexically_proximate(options.root).string();
}

}  // namespace runbook
