// The parts of a session are put together, and what one has to tell another is connected.

#include <utility>

#include "engine/lua/module.h"
#include "engine/recipe/asked_fields.h"
#include "engine/recipe/drive.h"
#include "engine/recipe/expectation.h"
#include "engine/recipe/recipe_lock.h"
#include "engine/recipe/run_services.h"
#include "engine/recipe/session_record.h"

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

/// As long as the loop runs.
Task<void> tell_time(Loop& loop, Shown& shown) {
  constexpr std::chrono::milliseconds kEvery{100};
  const CancelPtr never = Cancel::root();
  for (;;) {
    co_await loop.sleep(kEvery, never);
    shown.tick(loop.clock().now());
  }
}

}  // namespace

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
  asking_ = std::make_unique<Asking>(parts, shown_, options_);
  inbox_ = std::make_unique<Inbox>(parts, *asking_);
  parts.loop.on_idle([this] {
    parts_->journal.flush();
    asking_->on_idle();
  });
  shown_.follow(parts.journal);
  parts.journal.on_failure([&parts](const Error&) {
    parts.session.root().cancel->request(CancelReason::stop, StopLevel::kill);
  });
  parts.session.output = [this](const std::string& step, std::string_view line) {
    shown_.output(step, line);
  };
  parts.processes.on_terminal = [this](bool taken) { shown_.terminal_taken(taken); };
  if (shown_.wants_ticks()) {
    parts.loop.spawn(tell_time(parts.loop, shown_));
  }
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
  hooks.check_fields = check_asked_fields;
  hooks.root = options_.root;
  return hooks;
}

lua::LoaderHost Drive::loader_host() {
  lua::LoaderHost host;
  if (options_.purpose != Purpose::run) {
    host.source = source_of(run_->recorded);
  }
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

Task<void> Drive::check_targets() {
  for (const lua::Target& target : globals_->targets()) {
    if (parts_->journal.state().targets.contains(target.name)) {
      co_await globals_->check_target(target);
    }
  }
}

// A resumed session, before its first request that is not a replay: services, targets, then what is
// kept is shown.
// What only ends a run needs its targets; a service that is gone is no reason against it.
Task<void> Drive::before_first_action() {
  if (options_.purpose == Purpose::run) {
    co_await find_services_again(*parts_);
  }
  co_await check_targets();
  if (options_.purpose != Purpose::run) {
    co_return;
  }
  co_await parts_->journal.durable();  // what is shown is durable first
  const Session::Drift& drift = parts_->session.drift();
  std::string next = drift.next;
  const RunState& state = parts_->journal.state();
  std::optional<RunState> finished;
  std::function<void(Store&)> look = [&finished, recipe = state.created.recipe](Store& store) {
    finished = last_finished_run(store, recipe);  // on the journal's thread: nothing of this run
  };
  co_await parts_->journal.on_store(std::move(look));
  std::vector<std::string> expected;
  if (finished) {
    expected = expected_steps(*finished, state, next);
  }
  shown_.resume({kept_names(state, drift.kept), drift.changed, drift.inputs, changed_files_,
                 attempted(state, next), std::move(expected), open_call_texts(state)});
}

}  // namespace runbook
