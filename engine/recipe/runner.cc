// One session, top to bottom: lock → header and parameters → journal → recipe → endings → the
// report. Long because it is the one place that ties all of these together.

#include "engine/recipe/runner.h"

#include <fmt/core.h>
#include <unistd.h>

#include <csignal>
#include <deque>

#include <lua.hpp>

#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/id.h"
#include "engine/base/identity.h"
#include "engine/io/process_table.h"
#include "engine/io/signals.h"
#include "engine/lua/module.h"
#include "engine/recipe/engine_parts.h"
#include "engine/recipe/exit_code.h"
#include "engine/recipe/header_reader.h"
#include "engine/recipe/inputs.h"
#include "engine/recipe/recipe_lock.h"
#include "engine/recipe/run_services.h"

namespace runbook {
namespace {

struct Ending {
  RunPhase phase = RunPhase::ok;
  int exit = 0;
  std::optional<Error> error;
};

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
        listener_(listener),
        hooks_(hooks),
        writer_(writer) {}

  RunReport run();

 private:
  std::optional<RunReport> already_finished();
  void say(const std::string& step, const std::string& line);
  void said_until(Sequence sequence);
  void check_needs();
  void check_inputs();
  void prepare_run();
  void build();
  lua::Globals::Hooks global_hooks();
  Task<void> main_task();
  Task<void> body(Ending& ending);
  Task<void> run_recipe(Ending& ending);
  Task<void> endings(Ending& ending);
  Task<bool> run_endings(const std::vector<lua::Ref>& functions, std::string prefix, Kind kind,
                         Ending& ending);
  Task<void> before_first_action();
  Task<Json> parameters();
  void keep_source(const std::string& path, const std::string& content);
  void start_session();
  void rerun_steps();
  void end_session(const Ending& ending);
  void fail(Ending& ending, const Error& error);

  Clock& clock_;
  Store& store_;
  const std::vector<Module>& modules_;
  RunOptions options_;
  const RunListener& listener_;
  const JournalHooks& hooks_;
  Journal::Writer writer_;

  std::string run_id_;
  bool resumed_ = false;
  std::optional<FileLock> lock_;
  RecipeFile file_;
  std::unique_ptr<EngineParts> parts_;
  std::unique_ptr<lua::Globals> globals_;
  std::unique_ptr<lua::Loader> loader_;
  std::unique_ptr<Signals> signals_;
  RunListener shown_;     ///< redacted
  RunListener from_lua_;  ///< print() of the recipe
  Inputs inputs_;
  bool header_done_ = false;  ///< recipe{} was called in this session
  struct Said {
    Sequence after;
    std::string step, line;
  };
  std::deque<Said> said_;
  std::vector<std::string> changed_files_;
  int stop_signal_ = 0;
  bool timed_out_ = false;
  Ending ending_;
};

/// The cheap part of recipe{ needs }: the tools are there.
void Drive::check_needs() {
  if (!file_.header) {
    return;
  }
  const char* path = std::getenv("PATH");
  for (const Need& need : file_.header->needs) {
    if (!find_program(need.tool, path == nullptr ? "" : path)) {
      throw Error(
          Code::program_not_found,
          fmt::format("the recipe needs {} {}, which is not on PATH", need.tool, need.version));
    }
  }
}

/// Wrong parameters are said before a run exists.
void Drive::check_inputs() {
  if (file_.header) {
    Redactor redactor;
    SecretVault vault(run_id_, redactor);
    first_inputs(*file_.header, options_, vault);
  }
}

/// The run's lock, its row, and the parts of the engine; nothing is executed yet.
void Drive::prepare_run() {
  const bool known = !options_.run.empty();
  file_ = read_recipe_file(options_.root, options_.recipe, modules_);
  check_needs();
  run_id_ = known ? options_.run : new_run_id();
  const std::filesystem::path folder = options_.state_folder / "runs" / run_id_;
  make_private_directory(folder);
  lock_ = FileLock::try_acquire(folder / "lock",
                                fmt::format("pid {} on {} since {}", ::getpid(), host_name(),
                                            format_timestamp(clock_.now())));
  if (!lock_->held()) {
    throw Error(Code::run_locked, fmt::format("{} is driven by {}", run_id_, lock_->holder()));
  }
  // A run that died before its first event was durable begins as if it were new.
  const std::optional<RunRow> recorded = known ? store_.find_run(run_id_) : std::nullopt;
  resumed_ = recorded && recorded->head > 0;
  if (!resumed_) {
    check_inputs();
  }
  if (!known) {
    RunRow row;
    row.id = run_id_;
    row.recipe = options_.recipe.lexically_proximate(options_.root).string();
    row.name = file_.header && !file_.header->name.empty() ? file_.header->name
                                                           : options_.recipe.stem().string();
    row.created = row.updated = clock_.now();
    row.state = static_cast<int>(RunPhase::running);
    store_.create_run(row);
  }
}

void Drive::build() {
  from_lua_.redactor = listener_.redactor;
  from_lua_.log = [this](const std::string& step, const std::string& line) { say(step, line); };
  parts_ = std::make_unique<EngineParts>(clock_, store_, modules_, options_, run_id_, resumed_,
                                         from_lua_, hooks_, writer_);
  shown_ = redacted(listener_, parts_->redactor);
  EngineParts& parts = *parts_;
  parts.loop.on_idle([&parts] { parts.journal.flush(); });
  parts.journal.observe([this](const Event& event) {
    if (shown_.event) {
      shown_.event(event, parts_->journal.state());
    }
    said_until(event.sequence);
  });
  parts.journal.on_failure([this](const Error&) {
    parts_->session.root().cancel->request(CancelReason::stop, StopLevel::kill);
  });
  parts.session.notice = [this](const std::string& sentence) {
    if (shown_.notice) {
      shown_.notice(sentence);
    }
  };
  parts.session.probe_call = [this](const CallState& call, CancelPtr cancel) {
    return parts_->adapter.probe(call, cancel);
  };
  parts.session.before_first_action = [this] { return before_first_action(); };
  record_services(parts);
  globals_ = std::make_unique<lua::Globals>(parts.scheduler, parts.session, global_hooks());
  lua::LoaderHost host;
  host.builtin = [this](lua_State* L, std::string_view name) {
    return parts_->adapter.push_module(L, name);
  };
  host.builtin_names = parts.adapter.module_names();
  host.loaded = [this](const std::string& path, const std::string& content) {
    keep_source(path, content);
  };
  loader_ =
      std::make_unique<lua::Loader>(parts.state, options_.root, options_.recipe, std::move(host));
  globals_->install();
  if (file_.header) {
    parts.adapter.limit(permissions_of(*file_.header));
    lua::Limits limits;
    limits.time = file_.header->lua_time.value_or(limits.time);
    limits.memory = file_.header->memory.value_or(limits.memory);
    parts.state.set_limits(limits);
  }
}

// What is shown is durable first: a line the recipe says waits for the events before it.
void Drive::say(const std::string& step, const std::string& line) {
  said_.push_back({parts_->journal.state().last, step, line});
  if (parts_->journal.is_durable()) {
    said_until(said_.back().after);
  }
}

void Drive::said_until(Sequence sequence) {
  for (; !said_.empty() && said_.front().after <= sequence; said_.pop_front()) {
    if (shown_.log) {
      shown_.log(said_.front().step, said_.front().line);
    }
  }
}

lua::Globals::Hooks Drive::global_hooks() {
  lua::Globals::Hooks hooks;
  hooks.recipe = [this](lua::RecipeTable) { return parameters(); };
  hooks.lock = [this](std::string name) {
    return hold_recipe_lock(*parts_, options_.state_folder, std::move(name));
  };
  hooks.log = [this](const std::string& step, const std::string& line) { say(step, line); };
  hooks.root = options_.root;
  return hooks;
}

// The header was read before the run began, up to the first thing that needs a run: what stands
// behind that was seen by nobody.
Task<Json> Drive::parameters() {
  if (!file_.header || header_done_) {
    throw Error(Code::recipe_too_late, header_done_
                                           ? "recipe{} is called a second time"
                                           : "recipe{} comes after something that needs a run")
        .with_effect(EffectDone::none);
  }
  header_done_ = true;
  co_return inputs_.values;
}

// Every file that was loaded is kept by content; its hash is recorded when it is new or another
// than before.
void Drive::keep_source(const std::string& path, const std::string& content) {
  const std::string hash = to_hex(sha256(content));
  const RunState& state = parts_->journal.state();
  const auto known = state.values.find(value_key("", "source", path));
  if (known != state.values.end() && known->second == hash) {
    return;
  }
  if (known != state.values.end()) {
    changed_files_.push_back(path);
  }
  parts_->journal.append(event::ValueRecorded{.function = "source", .key = path, .value = hash});
  parts_->journal.put_blob(content);
}

void Drive::start_session() {
  Journal& journal = parts_->journal;
  if (!resumed_) {
    event::RunCreated created;
    created.recipe = options_.recipe.lexically_proximate(options_.root).string();
    created.name = file_.header && !file_.header->name.empty() ? file_.header->name
                                                               : options_.recipe.stem().string();
    created.root = options_.root.string();
    created.parameters = parts_->vault.to_references(inputs_.values);
    created.secrets = inputs_.fingerprints;
    created.user = user_name();
    created.host = host_name();
    journal.append(std::move(created));
  }
  event::SessionStarted started;
  started.resumed = resumed_;
  started.pid = ::getpid();
  started.user = user_name();
  started.host = host_name();
  started.boot = boot_id();
  started.options = Json{{"accept_new", options_.accept_new}, {"rerun", options_.rerun}};
  journal.append(std::move(started));
}

// --rerun STEP forgets the step, what is under it and its ancestors' results; its open calls that
// name no resource are given up with it (the operator decided), those that name one stay open and
// are settled by their primitive.
void Drive::rerun_steps() {
  for (const std::string& step : options_.rerun) {
    const RunState& state = parts_->journal.state();
    std::vector<std::string> forgotten = forgotten_by_rerun(state, step);
    for (const CallState* call : state.open_calls_of(step)) {
      if (call->resource.empty()) {
        event::CallEnded ended{.call = call->begun, .result = {}, .error = {}, .settled = "rerun"};
        ended.error = Error(Code::outcome_unknown, "given up by --rerun")
                          .with_effect(EffectDone::none)
                          .to_json();
        parts_->journal.append(std::move(ended), call->step, call->attempt);
      }
    }
    parts_->journal.append(event::RunRewound{.kind = "rerun",
                                             .to = step,
                                             .reason = "--rerun",
                                             .actor = user_name(),
                                             .forgotten = std::move(forgotten)});
  }
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
  if (shown_.resume) {
    const Session::Drift& drift = parts_->session.drift();
    shown_.resume({drift.kept, drift.changed, drift.inputs, changed_files_, {}});
  }
}

void Drive::fail(Ending& ending, const Error& error) {
  ending.phase = RunPhase::failed;
  ending.exit = exit_code(error, parts_->journal.state());
  ending.error = error;
}

Task<void> Drive::run_recipe(Ending& ending) {
  lua_State* L = parts_->state.main();
  loader_->push_recipe(L);
  const lua::Ref chunk(L, L, -1);
  lua_pop(L, 1);
  std::optional<Error> failed;
  try {
    co_await parts_->scheduler.run(chunk, parts_->session.root(), {}, {});
    co_await parts_->session.settle_all();
  } catch (const Error& error) {
    failed = error;
  }
  if (failed) {
    fail(ending, *failed);
  }
}

// finally bodies in reverse order of their registration; on_fail bodies in order. A failing finally
// fails the run.
Task<bool> Drive::run_endings(const std::vector<lua::Ref>& functions, std::string prefix, Kind kind,
                              Ending& ending) {
  Scope scope = parts_->session.root();
  scope.path = std::move(prefix);
  bool all_well = true;
  for (std::size_t turn = 0; turn < functions.size(); ++turn) {
    const std::size_t index = kind == Kind::finally ? functions.size() - 1 - turn : turn;
    StepSpec spec;
    spec.segment = std::to_string(index + 1);
    spec.kind = kind;
    std::optional<Error> failed;
    try {
      Body body = globals_->body(functions[index]);
      co_await parts_->session.step(scope, std::move(spec), std::move(body));
    } catch (const Error& error) {
      failed = error;
    }
    if (failed && kind == Kind::finally) {
      fail(ending, *failed);
    }
    all_well = all_well && !failed;
  }
  co_return all_well;
}

Task<void> Drive::endings(Ending& ending) {
  if (ending.phase == RunPhase::ok) {
    co_await run_endings(globals_->finally(), "finally", Kind::finally, ending);
    co_await parts_->session.settle_all();
  } else if (ending.phase == RunPhase::failed) {
    co_await run_endings(globals_->on_fail(),
                         fmt::format("on_fail/{}", parts_->journal.state().sessions), Kind::on_fail,
                         ending);
  }
}

Task<void> Drive::body(Ending& ending) {
  EngineParts& parts = *parts_;
  try {
    start_session();
    rerun_steps();
    std::function<void(const std::string&)> waiting = [this](const std::string& holder) {
      parts_->session.notice("waiting: " + holder);
    };
    std::filesystem::path children = parts.run_folder / "children.lock";
    co_await wait_for_children(parts.loop, children, waiting, parts.session.root().cancel);
    co_await run_recipe(ending);
    co_await endings(ending);
  } catch (const Error& error) {
    fail(ending, error);
  } catch (const SessionStop& stop) {
    ending =
        Ending{.phase = stop.phase, .exit = code_info(stop.error.code).exit, .error = stop.error};
  } catch (const Cancelled&) {
    ending.phase = RunPhase::interrupted;
    ending.exit = timed_out_ ? 124 : stop_signal_ == SIGINT ? 130 : 143;
    ending.error =
        timed_out_
            ? std::optional<Error>(Error(Code::timed_out, "the session reached its time limit"))
            : std::nullopt;
  }
}

void Drive::end_session(const Ending& ending) {
  Json error;
  if (ending.error) {
    error = parts_->vault.to_references(parts_->vault.conceal(ending.error->to_json()));
  }
  parts_->journal.append(
      event::SessionEnded{.state = ending.phase, .exit = ending.exit, .error = std::move(error)});
  if (ending.phase == RunPhase::ok) {
    parts_->journal.append(event::RunFinished{.state = RunPhase::ok});
  }
}

Task<void> Drive::main_task() {
  co_await body(ending_);
  end_session(ending_);
  co_await parts_->journal.durable();
  parts_->loop.stop();
}

/// A run that has ended for good has nothing left to do.
std::optional<RunReport> Drive::already_finished() {
  const std::optional<RunRow> row =
      options_.run.empty() ? std::nullopt : store_.find_run(options_.run);
  if (!row) {
    return std::nullopt;
  }
  const auto phase = static_cast<RunPhase>(row->state);
  if (phase != RunPhase::ok && phase != RunPhase::cancelled && phase != RunPhase::undone) {
    return std::nullopt;
  }
  return RunReport{.run = row->id, .phase = phase, .exit = row->exit, .error = std::nullopt};
}

RunReport Drive::run() {
  RunReport report;
  try {
    if (std::optional<RunReport> finished = already_finished();
        finished && options_.rerun.empty()) {
      return *finished;
    }
    prepare_run();
    report.run = run_id_;
    if (listener_.begun) {
      listener_.begun(run_id_);
    }
    build();
    inputs_ = !file_.header ? Inputs{}
              : resumed_    ? resumed_inputs(*file_.header, options_,
                                             parts_->journal.state().created.parameters,
                                             parts_->journal.state().created.secrets, parts_->vault)
                            : first_inputs(*file_.header, options_, parts_->vault);
    for (const auto& [name, value] : inputs_.url_secrets) {
      parts_->adapter.keep_secret(name, value);
    }
    Loop& loop = parts_->loop;
    CancelPtr root = parts_->session.root().cancel;
    signals_ = std::make_unique<Signals>(loop, [this, root](StopLevel level, int signal) {
      stop_signal_ = stop_signal_ == 0 ? signal : stop_signal_;
      root->request(CancelReason::stop, level);
      if (shown_.notice) {
        shown_.notice(
            level == StopLevel::interrupt
                ? "stopping after what is running now; Ctrl-C again to stop waiting for it"
            : level == StopLevel::terminate ? "stopping now; Ctrl-C again to kill what is left"
                                            : "killing what is left");
      }
    });
    if (options_.timeout) {
      const auto limit = [](Loop& timer, std::chrono::milliseconds after, CancelPtr node,
                            bool& passed) -> Task<void> {
        co_await timer.sleep(after, Cancel::root());
        passed = true;
        node->request(CancelReason::stop, StopLevel::terminate);
      };
      loop.spawn(limit(loop, *options_.timeout, root, timed_out_));
    }
    loop.spawn(main_task());
    loop.run();
    signals_.reset();
    report.phase = ending_.phase;
    report.exit = ending_.exit;
    report.error = ending_.error;
  } catch (const Error& error) {
    report_failure(report, error);
  }
  try {
    if (parts_) {
      parts_->journal.close();  // while those it tells are alive
    }
  } catch (const Error& error) {
    report_failure(report, error);
  }
  return report;
}

}  // namespace

RunReport drive(Clock& clock, Store& store, const std::vector<Module>& modules, RunOptions options,
                RunListener listener, JournalHooks hooks, Journal::Writer writer) {
  return Drive(clock, store, modules, std::move(options), listener, hooks, writer).run();
}

}  // namespace runbook
