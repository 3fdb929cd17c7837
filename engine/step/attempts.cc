// The attempts of a step: one after another until one ends it, for good or for this session.

#include <fmt/core.h>

#include <utility>

#include "engine/base/duration.h"
#include "engine/base/references.h"
#include "engine/step/deadline.h"
#include "engine/step/session_impl.h"

namespace runbook {
namespace {

constexpr std::size_t kResultLimit = std::size_t{1} << 20;
Error step_timeout(const std::string& path, std::chrono::milliseconds limit) {
  return Error(Code::step_timed_out,
               fmt::format("{} did not finish within {}", path, format_duration(limit)))
      .with_transient()
      .with_effect(EffectDone::none);
}

bool is_question(Kind kind) {
  return kind == Kind::gate || kind == Kind::ask || kind == Kind::manual;
}

std::string_view why_cut(CancelReason reason, bool interrupted) {
  if (interrupted) {
    return "interrupted before its end was known";
  }
  return reason == CancelReason::timeout ? "cancelled because the step around it ran out of time"
                                         : "cancelled because a sibling failed";
}

}  // namespace

// One attempt after another until one ends: ok, failed for good, or not in our hands.
Task<RawJson> Session::attempts(Scope& outer, std::string path, StepSpec spec, Body body) {
  int failed = 0;
  for (;;) {
    if (before_attempt) {
      const bool ended_by_hand = co_await hold(path, spec.kind, outer.cancel);
      if (ended_by_hand) {
        co_return recorded_end(*state().find_step(path), spec);
      }
    }
    const std::uint32_t number = begin(path, spec);
    AttemptEnd ended = co_await attempt(outer, path, spec, body, number);
    if (ended.value) {
      co_return std::move(*ended.value);
    }
    Error error = std::move(*ended.error);
    if (ended.cut_short) {
      end(path, number, State::interrupted, error);
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
        error.effect = EffectDone::none;
      }
    }
    ++failed;
    if (failed >= spec.options.retry.attempts || !spec.options.retry.covers(error)) {
      end(path, number, State::failed, error);
      throw error;
    }
    co_await pause(outer, path, number, error, spec.options.retry.delay(failed));
    if (is_ended_by_hand(path)) {
      co_return recorded_end(*state().find_step(path), spec);
    }
  }
}

std::uint32_t Session::begin(const std::string& path, const StepSpec& spec) {
  const StepState* before = state().find_step(path);
  const std::uint32_t number = (before == nullptr ? 0 : before->attempts) + 1;
  impl_->journal.append(event::StepStarted{.kind = spec.kind,
                                           .body = spec.body_hash,
                                           .site = spec.site,
                                           .inputs = inputs_print(spec),
                                           .has_undo = static_cast<bool>(spec.options.undo)},
                        path, number);
  return number;
}

// Runs the body once. Where the step is not ours to end here (the session stops, what is around it
// was cancelled) its end is recorded and the exception goes on.
Task<Session::AttemptEnd> Session::attempt(Scope& outer, std::string path, const StepSpec& spec,
                                           const Body& body, std::uint32_t number) {
  AttemptEnd ended;
  std::optional<Json> result;
  bool timed_out = false;
  try {
    result = co_await run_body(outer, path, spec, body, number, timed_out);
  } catch (const EndedByHand&) {
    ended.value = recorded_end(*state().find_step(path), spec);
  } catch (const Error& failure) {
    ended.error = failure;
  } catch (const Skipped& skipped) {
    ended.value = skip(path, number, skipped);
  } catch (const CutShort& cut) {
    ended.error = cut.error;
    ended.cut_short = true;
  } catch (const Cancelled& cancelled) {
    if (!timed_out || outer.cancel->requested()) {
      end_cut_off(path, number, cancelled.reason);
      throw;
    }
    ended.error = step_timeout(path, *spec.options.timeout);
    ended.cut_short = !state().open_calls_of(path).empty();
  } catch (const SessionStop& stop) {
    if (state().find_step(path)->state == State::running) {
      end(path, number, State::interrupted, stop.error);
    }
    throw;
  }
  if (result) {
    ended.value = finish(path, number, std::move(*result));
  } else if (ended.error) {
    if (ended.error->path.empty()) {
      ended.error->path = path;
    }
    ended.error->set_position(spec.site);
  }
  co_return ended;
}

Task<Json> Session::run_body(Scope& outer, std::string path, const StepSpec& spec, const Body& body,
                             std::uint32_t number, bool& timed_out) {
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
    if (is_ended_by_hand(path)) {
      throw EndedByHand();
    }
    if (outer.cancel->requested() || (deadline && deadline->passed())) {
      throw Cancelled(scope.cancel->reason());
    }
    co_return result;
  } catch (const std::exception&) {
    if (is_ended_by_hand(path)) {
      throw EndedByHand();
    }
    timed_out = deadline && deadline->passed();
    throw;
  }
}

// The time between a failed attempt and the next.
Task<void> Session::pause(Scope& outer, std::string path, std::uint32_t number, const Error& error,
                          std::chrono::milliseconds delay) {
  Json recorded = recordable(impl_->vault, error.to_json());
  impl_->journal.append(
      event::StepRetrying{.error = std::move(recorded), .delay_ms = delay.count()}, path, number);
  try {
    co_await rest(path, delay, outer.cancel);
  } catch (const Cancelled& cancelled) {
    end_cut_off(path, number, cancelled.reason);
    throw;
  }
}

RawJson Session::skip(const std::string& path, std::uint32_t number, const Skipped& skipped) {
  RawJson value("null");
  impl_->journal.append(event::StepSkipped{.reason = skipped.reason, .actor = {}, .value = value},
                        path, number);
  return value;
}

RawJson Session::finish(const std::string& path, std::uint32_t number, Json result) {
  RawJson value = RawJson(dump_json(recordable(impl_->vault, result)));
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
  const Json value = recordable(impl_->vault, error.to_json());
  impl_->journal.append(event::StepFinished{.state = end_state, .value = RawJson::of(value)}, path,
                        number);
  impl_->logs.close(state().step_index.at(path) + 1);
}

// As after a crash if a once call is in flight or the session is being stopped. A question stays
// open then: whoever answers it needs no session.
void Session::end_cut_off(const std::string& path, std::uint32_t number, CancelReason reason) {
  const StepState& step = *state().find_step(path);
  if (reason == CancelReason::stop && step.state == State::waiting && is_question(step.kind)) {
    return;
  }
  const bool interrupted = reason == CancelReason::stop || !state().open_calls_of(path).empty();
  end(path, number, interrupted ? State::interrupted : State::cancelled,
      Error(Code::cancelled, std::string(why_cut(reason, interrupted))));
}

}  // namespace runbook
