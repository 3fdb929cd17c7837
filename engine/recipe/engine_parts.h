#pragma once
// The parts of the engine that one session needs, in the order in which they depend on each other
// (and, reversed, die): what suspended coroutines refer to is built before the loop that holds
// them.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/secret.h"
#include "engine/io/http.h"
#include "engine/io/process.h"
#include "engine/io/reaper.h"
#include "engine/io/terminal.h"
#include "engine/lua/adapter.h"
#include "engine/lua/globals.h"
#include "engine/lua/loader.h"
#include "engine/lua/scheduler.h"
#include "engine/lua/state.h"
#include "engine/recipe/runner.h"
#include "engine/recipe/shown.h"
#include "engine/service/service.h"
#include "engine/step/session.h"

namespace runbook {

struct EngineParts {
  EngineParts(Clock& clock, Store& store, const std::vector<Module>& modules,
              const RunOptions& options, std::string run_id, bool resumed, Shown& shown,
              const JournalHooks& hooks, Journal::Writer writer);

  Purpose purpose;  ///< of the session
  std::string run_id;
  std::filesystem::path run_folder;
  Terminal terminal;  ///< its settings, put back before the watchdog ends the process
  std::shared_ptr<Redactor> shared_redactor;
  Redactor& redactor;
  SecretVault vault;
  lua::State state;
  Loop loop;
  Reaper reaper;
  Processes processes;
  HttpClient http;
  Services services;
  Host host;
  Journal journal;
  Session session;
  lua::Scheduler scheduler;
  lua::Adapter adapter;
};

}  // namespace runbook
