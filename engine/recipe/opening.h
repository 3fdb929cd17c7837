#pragma once
// Before a session executes anything: the recipe is read, what it needs is there, and the run is
// ours alone.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "engine/recipe/header_reader.h"
#include "engine/recipe/runner.h"

namespace runbook {

struct OpenedRun {
  std::string id;
  bool resumed = false;  ///< it has events
  RecipeFile file;
  FileLock lock;  ///< held
  /// The recorded sources, by path: for a session of a run that only ends it.
  std::map<std::string, std::string> recorded;
};

/// A new run (it gets an id and a row in the store) or the one that `options` names.
/// Error(run_locked) if another session drives it; whatever is wrong with the recipe, its needs or
/// the parameters of a new run is thrown before there is a run. `held`: the run's lock, if this
/// process has it already.
OpenedRun open_run(Clock& clock, Store& store, const std::vector<Module>& modules,
                   const RunOptions& options, std::optional<FileLock> held);

/// For a cancel or an undo: the run with its recipe as it was recorded, whatever the file says now.
/// Error(run_locked | journal_corrupt).
OpenedRun open_record(Clock& clock, Store& store, const std::vector<Module>& modules,
                      const RunOptions& options, std::optional<FileLock> held);

/// Reads recorded sources, which must outlive it.
SourceReader source_of(const std::map<std::string, std::string>& recorded);

/// The report of a run that has ended for good: nothing is left to do.
std::optional<RunReport> finished_run(Store& store, const RunOptions& options);

/// ok, cancelled, undone.
bool is_for_good(RunPhase phase);

/// What the run is called where the recipe does not say.
std::string run_name(const RunOptions& options, const RecipeFile& file);
/// The recipe, as it is recorded.
std::string recorded_recipe(const RunOptions& options);

}  // namespace runbook
