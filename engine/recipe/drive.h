#pragma once
// One session of a run: what runner.cc drives and assembly.cc puts together. Included by them only.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/recipe/endings.h"
#include "engine/recipe/engine_parts.h"
#include "engine/recipe/inbox.h"
#include "engine/recipe/inputs.h"
#include "engine/recipe/opening.h"
#include "engine/recipe/shown.h"
#include "engine/recipe/stops.h"

namespace runbook {

/// From a session to the one that follows it in this process: of a run that was cancelled, the one
/// that ends it.
struct Succession {
  std::optional<FileLock> lock;
  int exit = 0;  ///< of the cancelled run; 0 for the command that was asked to cancel it
};

class Drive {
 public:
  Drive(Clock& clock, Store& store, const std::vector<Module>& modules, RunOptions options,
        const RunListener& listener, const JournalHooks& hooks, Journal::Writer writer,
        Succession from = {})
      : clock_(clock),
        store_(store),
        modules_(modules),
        options_(std::move(options)),
        shown_(listener),
        hooks_(hooks),
        writer_(writer),
        from_(std::move(from)) {}

  RunReport run();
  /// After run(): the run is cancelled, and another session is to end it.
  bool has_successor() const;
  Succession succession();
  /// After run(): what stopped it was decided at the terminal, and the run goes on with these steps
  /// forgotten (--rerun).
  std::optional<std::vector<std::string>> decided() const { return decided_; }

 private:
  OpenedRun open();
  void begin();
  void build();
  void connect();
  lua::Globals::Hooks global_hooks();
  lua::LoaderHost loader_host();
  void take_inputs();
  void run_loop();
  void finish(RunReport& report);
  Task<void> main_task();
  Task<void> body();
  Task<void> decide();
  Task<void> drive_recipe();
  Task<void> cancel_run();
  Task<void> undo_run();
  void start();
  void listen();
  lua::Ref recipe_chunk();
  Task<void> run_recipe();
  Task<void> replay_record();
  Task<void> wait_for_dead_session();
  Task<void> before_first_action();
  Task<void> check_targets();
  bool gives_results_unseen() const;
  Task<void> look_again();
  Task<Json> parameters();

  Clock& clock_;
  Store& store_;
  const std::vector<Module>& modules_;
  RunOptions options_;
  Shown shown_;
  const JournalHooks& hooks_;
  Journal::Writer writer_;
  Succession from_;

  std::optional<OpenedRun> run_;
  // Before the parts, whose loop may hold coroutines of theirs.
  std::unique_ptr<Asking> asking_;
  std::unique_ptr<Inbox> inbox_;
  std::unique_ptr<EngineParts> parts_;
  std::unique_ptr<lua::Globals> globals_;
  std::unique_ptr<lua::Loader> loader_;
  std::unique_ptr<Stops> stops_;
  Inputs inputs_;
  bool header_done_ = false;    ///< recipe{} was called in this session
  bool started_ = false;        ///< it is on record
  bool stopped_ = false;        ///< by a signal or the time limit
  bool was_cancelled_ = false;  ///< before this session the record said that the run is to end
  bool is_cancelled_ = false;   ///< after it it does
  std::vector<std::string> changed_files_;
  CancelPtr inbox_over_ = Cancel::root();
  std::optional<std::vector<std::string>> decided_;
  SessionEnding ending_;
};

}  // namespace runbook
