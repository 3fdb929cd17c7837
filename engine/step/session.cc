// A request for a step: what its record says is done with it, and what a step has besides attempts.
// The other parts of Session: replay.cc (the record answers), attempts.cc (the body runs),
// examine.cc (cut-off calls), call.cc (effects), fan_out.cc (each, parallel), wait.cc (wait_until,
// sleep).

#include "engine/step/session.h"

#include <fmt/core.h>

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "engine/base/path.h"
#include "engine/journal/undo_order.h"
#include "engine/step/session_impl.h"

namespace runbook {
namespace {

constexpr std::chrono::milliseconds kLongestBreath{5};

/// Finally, on_fail and undo are the session's own prefixes.
void refuse_reserved(const Scope& outer, const std::string& segment) {
  if (outer.path.empty() && is_ending(segment)) {
    throw Error(Code::step_name_invalid, fmt::format("\"{}\" is a reserved name", segment))
        .with_effect(EffectDone::none);
  }
}

}  // namespace

Session::Session(Loop& loop, Journal& journal, SecretVault& vault, const Redactor& redactor,
                 SessionSettings settings)
    : impl_(std::make_unique<Impl>(loop, journal, vault, redactor, std::move(settings))) {
  if (impl_->settings.collect_undos) {
    for (const StepState* step : steps_to_undo(state())) {
      for (std::string_view above = parent_path(step->path); !above.empty();
           above = parent_path(above)) {
        impl_->above_undos.emplace(above);
      }
    }
  }
}

Session::~Session() = default;

Scope& Session::root() {
  return impl_->root;
}
const RunState& Session::state() const {
  return impl_->journal.state();
}
Journal& Session::journal() {
  return impl_->journal;
}
Loop& Session::loop() {
  return impl_->loop;
}
SecretVault& Session::vault() {
  return impl_->vault;
}
const Session::Drift& Session::drift() const {
  return impl_->drift;
}
bool Session::stopping() const {
  return impl_->root.cancel->requested();
}

bool Session::replaying() const {
  return impl_->settings.resumed && impl_->readiness == Impl::Readiness::waiting;
}

std::string Session::request(Scope& outer, const StepSpec& spec) {
  if (outer.mode == Mode::look) {
    throw Error(Code::not_read_only,
                fmt::format("step \"{}\" where only looking is allowed", spec.segment))
        .with_effect(EffectDone::none);
  }
  if (outer.cancel->requested()) {
    throw Cancelled(outer.cancel->reason());
  }
  std::string path = join_path(outer.path, spec.segment);
  refuse_reserved(outer, spec.segment);
  if (!outer.attempt->names.insert(path).second) {
    throw Error(Code::step_name_taken, fmt::format("the name \"{}\" is used twice", path))
        .with_effect(EffectDone::none);
  }
  return path;
}

Action Session::decide(const std::string& path, const StepSpec& spec) {
  StepRequest request{.path = path,
                      .kind = spec.kind,
                      .body = spec.body_hash,
                      .site = spec.site,
                      .renamed_from = {}};
  if (!spec.options.renamed_from.empty()) {
    request.renamed_from = join_path(parent_path(path), spec.options.renamed_from);
  }
  return next_action(state(), impl_->view, request);
}

// What stops it stops every request that waits for it, and those that follow. An error in it is no
// error of the request: no pcall of the recipe may go on.
Task<void> Session::first_action() {
  if (impl_->readiness == Impl::Readiness::preparing) {
    co_await impl_->ready.wait(impl_->root.cancel);
  }
  if (impl_->not_ready) {
    std::rethrow_exception(impl_->not_ready);
  }
  if (impl_->readiness == Impl::Readiness::ready) {
    co_return;
  }
  impl_->readiness = Impl::Readiness::preparing;
  try {
    if (impl_->settings.resumed && before_first_action) {
      co_await before_first_action();
    }
  } catch (const Error& error) {
    impl_->not_ready = std::make_exception_ptr(SessionStop(RunPhase::failed, error));
  } catch (const std::exception&) {
    impl_->not_ready = std::current_exception();
  }
  impl_->readiness = Impl::Readiness::ready;
  impl_->ready.open();
  if (impl_->not_ready) {
    std::rethrow_exception(impl_->not_ready);
  }
}

// Steps without effects never wait by themselves: from time to time the loop must see signals,
// timers and commits.
Task<void> Session::breathe() {
  co_await boost::asio::post(impl_->loop.context(), boost::asio::use_awaitable);
  impl_->last_breath = impl_->loop.clock().steady();
  if (stopping()) {
    throw Cancelled(CancelReason::stop);
  }
}

// The step of another name that this one was: its record becomes this one's.
void Session::adopt(const std::string& path, const StepState& from) {
  impl_->view.requested.insert(from.path);
  event::StepMarked marked{.state = from.state,
                           .value = from.value,
                           .reason = "renamed",
                           .actor = {},
                           .renamed_from = from.path};
  impl_->journal.append(std::move(marked), path);
}

void Session::refuse(const std::string& path, Error error) {
  error.path = path;
  const bool unknown = error.code == Code::outcome_unknown;
  throw SessionStop(unknown ? RunPhase::unknown : RunPhase::interrupted, std::move(error));
}

Task<RawJson> Session::step(Scope& outer, StepSpec spec, Body body) {
  std::string path = request(outer, spec);
  if (impl_->settings.replay_only) {
    co_return co_await from_record(outer, std::move(path), std::move(spec), std::move(body));
  }
  bool has_breathed = false;  // once: those behind it would overtake it
  for (;;) {
    Action action = decide(path, spec);
    if (auto* replay = std::get_if<Replay>(&action)) {
      co_return recorded_end(*replay->step, spec);
    }
    if (auto* renamed = std::get_if<Adopt>(&action)) {
      adopt(path, *renamed->from);
      continue;
    }
    if (std::holds_alternative<Withhold>(action)) {
      withhold(path, spec);
    }
    // While it waits somebody may say by hand how the step ended: then it must not begin.
    if (impl_->readiness != Impl::Readiness::ready || impl_->not_ready) {
      if (impl_->drift.next.empty()) {
        impl_->drift.next = path;
      }
      co_await first_action();
      continue;
    }
    if (!has_breathed && impl_->loop.clock().steady() - impl_->last_breath >= kLongestBreath) {
      has_breathed = true;
      co_await breathe();
      continue;
    }
    if (auto* refused = std::get_if<Refuse>(&action)) {
      refuse(path, std::move(refused->error));
    }
    if (std::holds_alternative<Execute>(action)) {
      break;
    }
    Examined examined = co_await examine(outer, path, spec);
    if (examined.result) {
      co_return *examined.result;
    }
  }
  impl_->view.requested.insert(path);
  co_return co_await attempts(outer, std::move(path), std::move(spec), std::move(body));
}

Scope Session::group(Scope& outer, const std::string& segment) {
  const StepSpec spec{
      .segment = segment, .kind = Kind::step, .body_hash = 0, .site = {}, .options = {}};
  return Scope{.path = request(outer, spec),
               .attempt = outer.attempt,
               .cancel = outer.cancel,
               .mode = outer.mode};
}

Json Session::value(Scope& scope, const std::string& function, std::optional<std::string> name,
                    const std::function<Json()>& produce) {
  if (scope.mode == Mode::look) {
    return produce();
  }
  const std::string key =
      name ? "=" + *name
           : fmt::format("#{}", scope.attempt->ordinals[scope.path + '\n' + function]++);
  const auto known = state().values.find(value_key(scope.path, function, key));
  if (known != state().values.end()) {
    return known->second;
  }
  Json value = produce();
  if (impl_->settings.replay_only) {
    return value;  // nothing that follows it is recorded
  }
  impl_->journal.append(event::ValueRecorded{.function = function, .key = key, .value = value},
                        scope.path, scope.attempt->number);
  return value;
}

void Session::log(Scope& scope, std::string_view stream, std::string_view line) {
  const auto index = state().step_index.find(scope.attempt->path);
  if (index != state().step_index.end()) {
    impl_->logs.write(index->second + 1, scope.attempt->path, scope.attempt->number, stream, line);
  }
  if (output && stream != "log") {
    output(scope.attempt->path, line);
  }
}

void Session::waits(Scope& scope, const std::string& why, Timestamp until) {
  const StepState* step = state().find_step(scope.attempt->path);
  const std::string shown = impl_->vault.conceal(std::string_view(why));
  const bool is_new = step != nullptr && (step->waiting_for != shown ||
                                          (!shown.empty() && step->waiting_until != until));
  if (is_new) {
    impl_->journal.append(event::StepWaiting{.why = shown, .until = until}, step->path,
                          scope.attempt->number);
  }
}

}  // namespace runbook
