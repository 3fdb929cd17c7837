// One session, top to bottom: the run is opened, the parts of the engine are put together, the
// recipe is driven to its end, and that is reported.

#include "engine/recipe/runner.h"

#include <utility>

#include <lua.hpp>

#include "engine/lua/module.h"
#include "engine/recipe/endings.h"
#include "engine/recipe/engine_parts.h"
#include "engine/recipe/inputs.h"
#include "engine/recipe/opening.h"
#include "engine/recipe/recipe_lock.h"
#include "engine/recipe/run_services.h"
#include "engine/recipe/session_record.h"
#include "engine/recipe/shown.h"
#include "engine/recipe/stops.h"

namespace runbook {
namespace {

lua::Permissions permissions_of(const Header& header) {
  lua::Permissions permissions;
  if (header.allow) {
    permissions.limited = true;
    permissions.run = header.allow->run.value_or(std::vector<std::string>{});
    permissions.net = header.allow->net.value_or(std::vector<std::string>{});
    permissions.write = header.allow->write.value_or(std::vector<std::string>{});
  }
  return permissions;
}

lua::Limits limits_of(const Header& header) {
  lua::Limits limits;
  limits.time = header.lua_time.value_or(limits.time);
  limits.memory = header.memory.value_or(limits.memory);
  return limits;
}

/// The session could not go on, or not even begin.
void report_failure(RunReport& report, const Error& error) {
  report.exit = code_info(error.code).exit == 1 ? 3 : code_info(error.code).exit;
  report.error = error;
}

class Drive {
 public:
  Drive(Clock& clock, Store& store, const std::vector<Module>& modules, RunOptions options,
        const RunListener& listener, const JournalHooks& hooks, Journal::Writer writer)
      : clock_(clock),
        store_(store),
        modules_(modules),
        options_(std::move(options)),
        shown_(listener),
        hooks_(hooks),
        writer_(writer) {}

  RunReport run();

 private:
  void begin();
  void build();
  void connect();
  lua::Globals::Hooks global_hooks();
  lua::LoaderHost loader_host();
  void take_inputs();
  void finish(RunReport& report);
  Task<void> main_task();
  Task<void> body();
  Task<void> run_recipe();
  Task<void> wait_for_dead_session();
  Task<void> before_first_action();
  Task<Json> parameters();

  Clock& clock_;
  Store& store_;
  const std::vector<Module>& modules_;
  RunOptions options_;
  Shown shown_;
  const JournalHooks& hooks_;
  Journal::Writer writer_;

  std::optional<OpenedRun> run_;
  std::unique_ptr<EngineParts> parts_;
  std::unique_ptr<lua::Globals> globals_;
  std::unique_ptr<lua::Loader> loader_;
  std::unique_ptr<Stops> stops_;
  Inputs inputs_;
  bool header_done_ = false;  ///< recipe{} was called in this session
  std::vector<std::string> changed_files_;
  SessionEnding ending_;
};

// --- putting it together ----------------------------------------------------------------------

void Drive::build() {
  parts_ = std::make_unique<EngineParts>(clock_, store_, modules_, options_, run_->id,
                                         run_->resumed, shown_, hooks_, writer_);
  EngineParts& parts = *parts_;
  connect();
  record_services(parts);
  globals_ = std::make_unique<lua::Globals>(parts.scheduler, parts.session, global_hooks());
  loader_ =
      std::make_unique<lua::Loader>(parts.state, options_.root, options_.recipe, loader_host());
  globals_->install();
  if (run_->file.header) {
    parts.adapter.limit(permissions_of(*run_->file.header));
    parts.state.set_limits(limits_of(*run_->file.header));
  }
}

/// The parts do not know each other; what one has to tell another goes through here.
void Drive::connect() {
  EngineParts& parts = *parts_;
  parts.loop.on_idle([&parts] { parts.journal.flush(); });
  shown_.follow(parts.journal);
  parts.journal.on_failure([&parts](const Error&) {
    parts.session.root().cancel->request(CancelReason::stop, StopLevel::kill);
  });
  parts.session.notice = [this](const std::string& sentence) { shown_.notice(sentence); };
  parts.session.probe_call = [&parts](const CallState& call, CancelPtr cancel) {
    return parts.adapter.probe(call, cancel);
  };
  parts.session.before_first_action = [this] { return before_first_action(); };
}

lua::Globals::Hooks Drive::global_hooks() {
  lua::Globals::Hooks hooks;
  hooks.recipe = [this](lua::RecipeTable) { return parameters(); };
  hooks.lock = [this](std::string name) {
    return hold_recipe_lock(*parts_, options_.state_folder, std::move(name));
  };
  hooks.log = [this](const std::string& step, const std::string& line) { shown_.log(step, line); };
  hooks.root = options_.root;
  return hooks;
}

lua::LoaderHost Drive::loader_host() {
  lua::LoaderHost host;
  host.builtin = [this](lua_State* L, std::string_view name) {
    return parts_->adapter.push_module(L, name);
  };
  host.builtin_names = parts_->adapter.module_names();
  host.loaded = [this](const std::string& path, const std::string& content) {
    if (record_source(*parts_, path, content)) {
      changed_files_.push_back(path);
    }
  };
  return host;
}

void Drive::take_inputs() {
  if (run_->file.header) {
    const Header& header = *run_->file.header;
    const event::RunCreated& created = parts_->journal.state().created;
    inputs_ = run_->resumed ? resumed_inputs(header, options_, created.parameters, created.secrets,
                                             parts_->vault)
                            : first_inputs(header, options_, parts_->vault);
  }
  for (const auto& [name, value] : inputs_.url_secrets) {
    parts_->adapter.keep_secret(name, value);
  }
}

// --- the session ------------------------------------------------------------------------------

// The header was read before the run began, up to the first thing that needs a run: what stands
// behind that was seen by nobody.
Task<Json> Drive::parameters() {
  if (!run_->file.header || header_done_) {
    throw Error(Code::recipe_too_late, header_done_
                                           ? "recipe{} is called a second time"
                                           : "recipe{} comes after something that needs a run")
        .with_effect(EffectDone::none);
  }
  header_done_ = true;
  co_return inputs_.values;
}

// A resumed session, before its first request that is not a replay: services, targets, then what is
// kept is shown.
Task<void> Drive::before_first_action() {
  co_await find_services_again(*parts_);
  for (const lua::Target& target : globals_->targets()) {
    if (parts_->journal.state().targets.contains(target.name)) {
      co_await globals_->check_target(target);
    }
  }
  co_await parts_->journal.durable();  // what is shown is durable first
  const Session::Drift& drift = parts_->session.drift();
  shown_.resume({drift.kept, drift.changed, drift.inputs, changed_files_, {}});
}

Task<void> Drive::run_recipe() {
  lua_State* L = parts_->state.main();
  loader_->push_recipe(L);
  const lua::Ref chunk(L, L, -1);
  lua_pop(L, 1);
  try {
    co_await parts_->scheduler.run(chunk, parts_->session.root(), {}, {});
    co_await parts_->session.settle_all();
  } catch (const Error& error) {
    ending_ = failed(error, parts_->journal.state());
  }
}

// Nothing that it started may act while this one does.
Task<void> Drive::wait_for_dead_session() {
  std::function<void(const std::string&)> waiting = [this](const std::string& holder) {
    shown_.notice("waiting: " + holder);
  };
  std::filesystem::path children = parts_->run_folder / "children.lock";
  co_await wait_for_children(parts_->loop, children, waiting, parts_->session.root().cancel);
}

Task<void> Drive::body() {
  try {
    record_start(*parts_, *run_, options_, inputs_);
    record_reruns(*parts_, options_.rerun);
    co_await wait_for_dead_session();
    co_await run_recipe();
    co_await run_endings(*parts_, *globals_, ending_);
  } catch (const Error& error) {
    ending_ = failed(error, parts_->journal.state());
  } catch (const SessionStop& stop) {
    ending_ = SessionEnding{
        .phase = stop.phase, .exit = code_info(stop.error.code).exit, .error = stop.error};
  } catch (const Cancelled&) {
    ending_ = stops_->ending();
  }
}

Task<void> Drive::main_task() {
  co_await body();
  record_end(*parts_, ending_);
  co_await parts_->journal.durable();
  parts_->loop.stop();
}

void Drive::begin() {
  run_ = open_run(clock_, store_, modules_, options_);
  shown_.begun(run_->id);
  build();
  take_inputs();
}

/// Closes the journal while those it tells are alive.
void Drive::finish(RunReport& report) {
  try {
    if (parts_) {
      parts_->journal.close();
    }
  } catch (const Error& error) {
    report_failure(report, error);
  }
}

RunReport Drive::run() {
  RunReport report;
  try {
    if (std::optional<RunReport> done = finished_run(store_, options_);
        done && options_.rerun.empty()) {
      return *done;
    }
    begin();
    stops_ = std::make_unique<Stops>(*parts_, shown_, options_.timeout);
    parts_->loop.spawn(main_task());
    parts_->loop.run();
    stops_.reset();
    report.phase = ending_.phase;
    report.exit = ending_.exit;
    report.error = ending_.error;
  } catch (const Error& error) {
    report_failure(report, error);
  }
  report.run = run_ ? run_->id : "";
  finish(report);
  return report;
}

}  // namespace

RunReport drive(Clock& clock, Store& store, const std::vector<Module>& modules, RunOptions options,
                RunListener listener, JournalHooks hooks, Journal::Writer writer) {
  return Drive(clock, store, modules, std::move(options), listener, hooks, writer).run();
}

}  // namespace runbook
