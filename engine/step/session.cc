// A step from request to recorded end; long because its attempts end in so many ways, which read
// best side by side. The other parts of Session: examine.cc (cut-off calls), call.cc (effects),
// fan_out.cc (each, parallel), wait.cc (wait_until, sleep).

#include "engine/step/session.h"

#include <fmt/core.h>

#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "engine/base/path.h"
#include "engine/step/fingerprint.h"
#include "engine/step/session_impl.h"

namespace runbook {
namespace {

constexpr std::size_t kResultLimit = std::size_t{1} << 20;
constexpr std::chrono::milliseconds kLongestBreath{5};

Error step_timeout(const std::string& path, std::chrono::milliseconds limit) {
  return Error(Code::step_timed_out,
               fmt::format("{} did not finish within {}", path, format_duration(limit)))
      .with_transient()
      .with_effect(EffectDone::none);
}

std::string_view why_cut(CancelReason reason, bool interrupted) {
  if (interrupted) {
    return "interrupted before its end was known";
  }
  return reason == CancelReason::timeout ? "cancelled because the step around it ran out of time"
                                         : "cancelled because a sibling failed";
}

/// Finally, on_fail and undo are the session's own prefixes.
void refuse_reserved(const Scope& outer, const std::string& segment) {
  if (outer.path.empty() && (segment == "finally" || segment == "on_fail" || segment == "undo")) {
    throw Error(Code::step_name_invalid, fmt::format("\"{}\" is a reserved name", segment))
        .with_effect(EffectDone::none);
  }
}

}  // namespace

struct Deadline::Timer {
  explicit Timer(Loop& loop) : timer(loop.context()) {}
  boost::asio::steady_timer timer;
  bool passed = false;
};

Deadline::Deadline(Loop& loop, std::chrono::milliseconds after, CancelPtr node)
    : timer_(std::make_shared<Timer>(loop)) {
  timer_->timer.expires_after(after);
  timer_->timer.async_wait(
      [timer = timer_, node = std::move(node)](boost::system::error_code failed) {
        if (!failed) {
          timer->passed = true;
          node->request(CancelReason::timeout);
        }
      });
}

Deadline::~Deadline() {
  timer_->timer.cancel();
}

bool Deadline::passed() const {
  return timer_->passed;
}

Session::Session(Loop& loop, Journal& journal, SecretVault& vault, const Redactor& redactor,
                 SessionSettings settings)
    : impl_(std::make_unique<Impl>(loop, journal, vault, redactor, std::move(settings))) {}

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

/// inputs = by fingerprint, secrets by reference; empty if the step has none.
std::string Session::inputs_print(const StepSpec& spec) const {
  if (spec.options.inputs.is_null()) {
    return {};
  }
  return fingerprint(impl_->vault.to_references(impl_->vault.conceal(spec.options.inputs)));
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

std::optional<RawJson> Session::replay(Scope& outer, const StepSpec& spec) {
  const std::string path = join_path(outer.path, spec.segment);
  const StepState* step = state().find_step(path);
  if (step == nullptr || step->state != State::ok || outer.mode == Mode::look ||
      outer.cancel->requested() || outer.attempt->names.contains(path)) {
    return std::nullopt;
  }
  outer.attempt->names.insert(path);
  return recorded_end(*step, spec);
}

RawJson Session::recorded_end(const StepState& step, const StepSpec& spec) {
  impl_->view.requested.insert(step.path);
  if (replaying() && spec.kind != Kind::item) {
    impl_->drift.kept.push_back(step.path);
    if (spec.body_hash != 0 && step.body != 0 && spec.body_hash != step.body) {
      impl_->drift.changed.push_back(step.path);
    }
    const auto inputs = state().inputs.find(step.path);
    if (inputs != state().inputs.end() && inputs->second != inputs_print(spec)) {
      impl_->drift.inputs.push_back(step.path);
    }
  }
  if (step.state == State::ok || step.state == State::skipped) {
    return step.value;
  }
  Error error = Error::from_json(step.value.parse());
  if (error.path.empty()) {
    error.path = step.path;
  }
  throw error;
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

// The failure for which nothing starts at `path`: of those that left its innermost closed prefix
// the one that came first.
Error Session::closed_by(std::string_view path) const {
  std::string_view prefix = parent_path(path);
  while (!prefix.empty() && !state().closed.contains(prefix)) {
    prefix = parent_path(prefix);
  }
  const StepState* first = nullptr;
  for (const auto& [failed, failure] : state().handled_failures) {
    const bool left = is_under(failed, prefix) && !is_under(failure.scope, prefix);
    const StepState* step = left ? state().find_step(failed) : nullptr;
    if (step != nullptr && (first == nullptr || step->finished < first->finished)) {
      first = step;
    }
  }
  RB_CHECK(first != nullptr);
  Error error = Error::from_json(first->value.parse());
  if (error.path.empty()) {
    error.path = first->path;
  }
  return error;
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

Task<RawJson> Session::step(Scope& outer, StepSpec spec, Body body) {
  std::string path = request(outer, spec);
  for (;;) {
    Action action = decide(path, spec);
    if (auto* replay = std::get_if<Replay>(&action)) {
      co_return recorded_end(*replay->step, spec);
    }
    if (auto* adopt = std::get_if<Adopt>(&action)) {
      impl_->view.requested.insert(adopt->from->path);
      event::StepMarked marked{.state = adopt->from->state,
                               .value = adopt->from->value,
                               .reason = "renamed",
                               .actor = {},
                               .renamed_from = adopt->from->path};
      impl_->journal.append(std::move(marked), path);
      continue;
    }
    if (std::holds_alternative<Withhold>(action)) {
      if (spec.kind == Kind::item) {
        throw Withheld();
      }
      throw closed_by(path);
    }
    if (impl_->readiness != Impl::Readiness::ready || impl_->not_ready) {
      co_await first_action();
    }
    if (impl_->loop.clock().steady() - impl_->last_breath >= kLongestBreath) {
      co_await breathe();
    }
    if (auto* refuse = std::get_if<Refuse>(&action)) {
      const bool unknown = refuse->error.code == Code::outcome_unknown;
      refuse->error.path = path;
      throw SessionStop(unknown ? RunPhase::unknown : RunPhase::interrupted, refuse->error);
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

// One attempt after another until one ends: ok, failed for good, or not in our hands.
Task<RawJson> Session::attempts(Scope& outer, std::string path, StepSpec spec, Body body) {
  int failed = 0;
  for (;;) {
    const StepState* before = state().find_step(path);
    const std::uint32_t number = (before == nullptr ? 0 : before->attempts) + 1;
    impl_->journal.append(event::StepStarted{.kind = spec.kind,
                                             .body = spec.body_hash,
                                             .site = spec.site,
                                             .inputs = inputs_print(spec)},
                          path, number);
    std::optional<Json> result;
    std::optional<Error> error;
    bool cut_short = false;
    bool timed_out = false;
    try {
      result = co_await attempt_once(outer, path, spec, body, number, timed_out);
    } catch (const Error& failure) {
      error = failure;
    } catch (const Skipped& skipped) {
      impl_->journal.append(
          event::StepSkipped{.reason = skipped.reason, .actor = {}, .value = RawJson("null")}, path,
          number);
      co_return RawJson("null");
    } catch (const CutShort& cut) {
      error = cut.error;
      cut_short = true;
    } catch (const Cancelled& cancelled) {
      const bool calls_open = !state().open_calls_of(path).empty();
      const bool own_timeout = timed_out && !outer.cancel->requested();
      if (!own_timeout) {
        end_cut_off(path, number, cancelled.reason);
        throw;
      }
      error = step_timeout(path, *spec.options.timeout);
      cut_short = calls_open;
    } catch (const SessionStop& stop) {
      if (state().find_step(path)->state == State::running) {
        end(path, number, State::interrupted, stop.error);
      }
      throw;
    }
    if (result) {
      co_return finish(path, number, std::move(*result));
    }
    if (error->path.empty()) {
      error->path = path;
    }
    error->set_position(spec.site);
    if (cut_short) {
      end(path, number, State::interrupted, *error);
      if (outer.cancel->requested()) {
        throw Cancelled(outer.cancel->reason());  // the next session examines it
      }
      Examined examined = co_await examine(outer, path, spec);
      if (examined.result) {
        co_return *examined.result;
      }
      if (examined.done > 0) {
        continue;  // what was cut off did happen: the body goes on from there
      }
      if (examined.not_done) {
        error->effect = EffectDone::none;
      }
    }
    ++failed;
    if (failed >= spec.options.retry.attempts || !spec.options.retry.covers(*error)) {
      end(path, number, State::failed, *error);
      throw *error;
    }
    const std::chrono::milliseconds delay = spec.options.retry.delay(failed);
    impl_->journal.append(event::StepRetrying{.error = impl_->vault.to_references(error->to_json()),
                                              .delay_ms = delay.count()},
                          path, number);
    try {
      co_await impl_->loop.sleep(delay, outer.cancel);
    } catch (const Cancelled& cancelled) {
      end_cut_off(path, number, cancelled.reason);
      throw;
    }
  }
}

Task<Json> Session::attempt_once(Scope& outer, std::string path, const StepSpec& spec,
                                 const Body& body, std::uint32_t number, bool& timed_out) {
  Attempt attempt;
  attempt.path = path;
  attempt.number = number;
  Scope scope{
      .path = path, .attempt = &attempt, .cancel = outer.cancel->child(), .mode = Mode::act};
  std::optional<Deadline> deadline;
  if (spec.options.timeout) {
    deadline.emplace(impl_->loop, *spec.options.timeout, scope.cancel);
  }
  try {
    Json result = co_await body(scope);
    if (outer.cancel->requested() || (deadline && deadline->passed())) {
      throw Cancelled(scope.cancel->reason());
    }
    co_return result;
  } catch (const Cancelled&) {
    timed_out = deadline && deadline->passed();
    throw;
  }
}

RawJson Session::finish(const std::string& path, std::uint32_t number, Json result) {
  RawJson value = RawJson(dump_json(impl_->vault.to_references(impl_->vault.conceal(result))));
  if (value.text().size() > kResultLimit) {
    Error error(Code::result_too_large,
                fmt::format("the result of {} has {} bytes", path, value.text().size()));
    error.path = path;
    error.effect = EffectDone::none;
    end(path, number, State::failed, error);
    throw error;
  }
  impl_->journal.append(event::StepFinished{.state = State::ok, .value = value}, path, number);
  impl_->logs.close(state().step_index.at(path) + 1);
  return value;
}

void Session::end(const std::string& path, std::uint32_t number, State end_state,
                  const Error& error) {
  const Json value = impl_->vault.to_references(impl_->vault.conceal(error.to_json()));
  impl_->journal.append(event::StepFinished{.state = end_state, .value = RawJson::of(value)}, path,
                        number);
  impl_->logs.close(state().step_index.at(path) + 1);
}

// As after a crash if a once call is in flight or the session is being stopped.
void Session::end_cut_off(const std::string& path, std::uint32_t number, CancelReason reason) {
  const bool interrupted = reason == CancelReason::stop || !state().open_calls_of(path).empty();
  end(path, number, interrupted ? State::interrupted : State::cancelled,
      Error(Code::cancelled, std::string(why_cut(reason, interrupted))));
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
  impl_->journal.append(event::ValueRecorded{.function = function, .key = key, .value = value},
                        scope.path, scope.attempt->number);
  return value;
}

void Session::log(Scope& scope, std::string_view stream, std::string_view line) {
  const auto index = state().step_index.find(scope.attempt->path);
  if (index != state().step_index.end()) {
    impl_->logs.write(index->second + 1, scope.attempt->path, scope.attempt->number, stream, line);
  }
}

}  // namespace runbook
