#include "engine/recipe/engine_parts.h"

namespace runbook {
namespace {

SessionSettings settings_of(const RunOptions& options, const std::filesystem::path& run_folder,
                            bool resumed) {
  SessionSettings settings;
  settings.resumed = resumed;
  settings.replay_only = options.purpose != Purpose::run;
  settings.collect_undos = options.purpose == Purpose::undo;
  settings.accept_new = options.accept_new;
  settings.grace = options.grace;
  settings.run_folder = run_folder;
  return settings;
}

lua::Hooks lua_hooks(EngineParts& parts, Shown& shown) {
  lua::Hooks hooks;
  hooks.print = [&shown](std::string_view line) { shown.log({}, std::string(line)); };
  hooks.before_exit = [&parts] { parts.terminal.restore(); };
  hooks.secret = [&parts](std::string_view name) { return parts.vault.placeholder(name); };
  return hooks;
}

}  // namespace

EngineParts::EngineParts(Clock& clock, Store& store, const std::vector<Module>& modules,
                         const RunOptions& options, std::string run, bool resumed, Shown& shown,
                         const JournalHooks& hooks, Journal::Writer writer)
    : purpose(options.purpose),
      run_id(std::move(run)),
      run_folder(options.state_folder / "runs" / run_id),
      shared_redactor(shown.redactor()),
      redactor(*shared_redactor),
      vault(run_id, redactor),
      state({}, lua_hooks(*this, shown)),
      loop(clock),
      reaper(run_folder / "children.lock", run_id, options.program),
      processes(loop, &reaper, {{"RUNBOOK_RUN_ID", run_id}}),
      http(loop),
      services(loop, run_folder, run_id, options.program),
      host{loop, processes, http, &services, options.root, run_folder, run_id, &vault},
      journal(loop, store, run_id, writer, hooks),
      session(loop, journal, vault, redactor, settings_of(options, run_folder, resumed)),
      scheduler(state, &vault),
      adapter(scheduler, session, host, modules, run_folder / "secrets.json") {}

}  // namespace runbook
