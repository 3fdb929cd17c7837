#include "engine/recipe/opening.h"

#include <fmt/core.h>
#include <unistd.h>

#include <utility>

#include "engine/base/id.h"
#include "engine/base/identity.h"
#include "engine/base/secret.h"
#include "engine/journal/journal.h"
#include "engine/lua/module.h"
#include "engine/recipe/inputs.h"
#include "engine/recipe/needs.h"

namespace runbook {
namespace {

/// Wrong parameters are said before a run exists. Secrets stand in it as placeholders.
Json check_inputs(const std::string& run, const Header& header, const RunOptions& options) {
  Redactor redactor;
  SecretVault vault(run, redactor);
  return first_inputs(header, options, vault).values;
}

/// Parameters and needs; those of a run that goes on with the parameters that it began with.
void check_prerequisites(Store& store, const std::vector<Module>& modules,
                         const RunOptions& options, const Header& header, const std::string& run,
                         bool is_resumed) {
  const Json values = !is_resumed            ? check_inputs(run, header, options)
                      : header.needs.empty() ? Json::object()
                                             : read_run_state(store, run).created.parameters;
  check_needs(needs_with(header.needs, values), modules, options.root, recorded_recipe(options));
}

FileLock hold(const std::string& run, const RunOptions& options, Clock& clock) {
  const std::filesystem::path folder = options.state_folder / "runs" / run;
  try {
    make_private_directory(folder);
    FileLock lock = FileLock::try_acquire(
        folder / "lock", fmt::format("pid {} on {} since {}", ::getpid(), host_name(),
                                     format_timestamp(clock.now())));
    if (!lock.held()) {
      throw Error(Code::run_locked, fmt::format("{} is driven by {}", run, lock.holder()));
    }
    return lock;
  } catch (const Error& error) {
    if (error.code != Code::file_unwritable) {
      throw;
    }
    throw Error(Code::journal_unwritable, error.message);  // the journal lies beside it
  }
}

/// All files that the run loaded, as they were when it last did.
std::map<std::string, std::string> recorded_sources(Store& store, const std::string& run) {
  static const std::string kPrefix = value_key("", "source", "");
  const RunState state = read_run_state(store, run);
  std::map<std::string, std::string> sources;
  for (const auto& [key, hash] : state.values) {
    if (!key.starts_with(kPrefix)) {
      continue;
    }
    const std::string path = key.substr(kPrefix.size());
    const std::optional<std::string> content = store.get_blob(hash.get<std::string>());
    if (!content) {
      throw Error(Code::journal_corrupt, fmt::format("the recorded source of {} is gone", path));
    }
    sources[path] = *content;
  }
  return sources;
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
                   const RunOptions& options, std::optional<FileLock> held) {
  const bool known = !options.run.empty();
  RecipeFile file = read_recipe_file(options.root, options.recipe, modules);
  std::string id = known ? options.run : new_run_id();
  if (!known && file.header) {
    check_prerequisites(store, modules, options, *file.header, id, false);
  }
  FileLock lock = held ? std::move(*held) : hold(id, options, clock);
  OpenedRun run{.id = std::move(id), .file = std::move(file), .lock = std::move(lock)};
  // A run that died before its first event was durable begins as if it were new.
  const std::optional<RunRow> recorded = known ? store.find_run(run.id) : std::nullopt;
  run.resumed = recorded && recorded->head > 0;
  if (known && run.file.header) {
    check_prerequisites(store, modules, options, *run.file.header, run.id, run.resumed);
  }
  if (!known) {
    create_row(store, clock, run, options);
  }
  return run;
}

OpenedRun open_record(Clock& clock, Store& store, const std::vector<Module>& modules,
                      const RunOptions& options, std::optional<FileLock> held) {
  FileLock lock = held ? std::move(*held) : hold(options.run, options, clock);
  OpenedRun run{.id = options.run, .lock = std::move(lock)};
  const std::optional<RunRow> row = store.find_run(run.id);
  run.resumed = row && row->head > 0;
  run.recorded = recorded_sources(store, run.id);
  if (!run.recorded.empty()) {
    run.file = read_recipe_file(options.root, options.recipe, modules, source_of(run.recorded));
  }
  return run;
}

SourceReader source_of(const std::map<std::string, std::string>& recorded) {
  return [&recorded](const std::string& path) -> std::optional<std::string> {
    const auto found = recorded.find(path);
    return found == recorded.end() ? std::nullopt : std::optional<std::string>(found->second);
  };
}

std::optional<RunReport> finished_run(Store& store, const RunOptions& options) {
  const std::optional<RunRow> row =
      options.run.empty() ? std::nullopt : store.find_run(options.run);
  if (!row) {
    return std::nullopt;
  }
  const auto phase = static_cast<RunPhase>(row->state);
  if (!is_for_good(phase) || (options.purpose == Purpose::undo && phase != RunPhase::undone)) {
    return std::nullopt;
  }
  return RunReport{.run = row->id, .phase = phase, .exit = row->exit, .error = std::nullopt};
}

bool is_for_good(RunPhase phase) {
  return phase == RunPhase::ok || phase == RunPhase::cancelled || phase == RunPhase::undone;
}

std::string run_name(const RunOptions& options, const RecipeFile& file) {
  return file.header && !file.header->name.empty() ? file.header->name
                                                   : options.recipe.stem().string();
}

std::string recorded_recipe(const RunOptions& options) {
  return options.recipe.lexically_proximate(options.root).string();
}

}  // namespace runbook
