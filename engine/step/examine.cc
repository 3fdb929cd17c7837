// Cut-off calls are examined, not guessed at (design §3.2): by the step's own probe first, then by
// the primitives'.

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "engine/base/path.h"
#include "engine/base/references.h"
#include "engine/step/session_impl.h"

namespace runbook {
namespace {

constexpr std::chrono::milliseconds kSettleLimit = std::chrono::minutes(15);
constexpr std::chrono::milliseconds kFirstWait{1'000};
constexpr std::chrono::milliseconds kLongestWait{30'000};

/// What a step's own probe is given: {primitive, arguments, intent, result?} of each call, in
/// order.
Json describe_calls(const std::vector<const CallState*>& calls) {
  Json list = Json::array();
  for (const CallState* call : calls) {
    Json entry{{"primitive", call->primitive},
               {"arguments", call->arguments},
               {"intent", call->intents.back()}};
    if (call->end == CallState::End::ok) {
      entry["result"] = call->result.parse();
    }
    list.push_back(std::move(entry));
  }
  return list;
}

std::string evidence_of(const std::string& path, const CallState& call, const std::string& seen) {
  return fmt::format("{} was cut off in {}{}{}", path, call.primitive,
                     seen.empty() ? "; nothing can tell whether it happened" : ": ", seen);
}

/// What nobody could tell: as the probe's own error where it has one.
Error unknown_error(const std::string& path, const CallState& call, const Outcome& outcome) {
  Error error = outcome.error.is_null()
                    ? Error(Code::outcome_unknown, evidence_of(path, call, outcome.text))
                    : Error::from_json(outcome.error);
  error.path = path;
  return error;
}

/// A person has said since what is to become of its step.
bool is_decided(const RunState& state, const CallState& call) {
  const StepState* step = state.find_step(call.step);
  return call.forgotten || step == nullptr || step->marked || has_result(step->state);
}

}  // namespace

void Session::stop_unknown(const std::string& path, std::uint32_t number, Error error) {
  error.path = path;
  if (state().find_step(path)->state != State::unknown) {
    end(path, number, State::unknown, error);
  }
  throw SessionStop(RunPhase::unknown, error);
}

void Session::close_call(const CallState& call, const Outcome& outcome, std::string_view settled) {
  event::CallEnded ended{
      .call = call.begun, .result = {}, .error = nullptr, .settled = std::string(settled)};
  if (outcome.kind == Outcome::Kind::done) {
    ended.result = RawJson(dump_json(recordable(impl_->vault, outcome.value)));
  } else if (outcome.kind == Outcome::Kind::failed) {
    ended.error = recordable(impl_->vault, outcome.error);
  } else {
    ended.error =
        Error(Code::outcome_unknown, "it did not happen").with_effect(EffectDone::none).to_json();
  }
  impl_->journal.append(std::move(ended), call.step, call.attempt);
}

// Asks again while the effect is in progress: after 1 s growing to 30 s, until the limit; then
// nobody can tell.
Task<Outcome> Session::ask_until_settled(std::function<Task<Outcome>()> probe,
                                         const std::string& path, std::chrono::milliseconds limit,
                                         CancelPtr cancel) {
  const auto deadline = impl_->loop.clock().steady() + limit;
  std::chrono::milliseconds wait = kFirstWait;
  for (;;) {
    Outcome outcome = co_await probe();
    if (outcome.kind != Outcome::Kind::in_progress) {
      co_return outcome;
    }
    if (impl_->loop.clock().steady() + wait > deadline) {
      co_return Outcome::cannot_tell(
          fmt::format("still in progress after {}: {}", format_duration(limit), outcome.text));
    }
    if (notice) {
      notice(fmt::format(
          "{}: an effect of an earlier attempt is still in progress: {}; looking again in {}", path,
          outcome.text, format_duration(wait)));
    }
    co_await impl_->loop.sleep(wait, cancel);
    wait = std::min(wait * 2, kLongestWait);
  }
}

// The outcome of a call by its primitive's probe; without one nobody can tell. What
// cannot happen any more ends by a person's word.
Task<Outcome> Session::settle_by_primitive(const CallState& call, std::chrono::milliseconds limit,
                                           CancelPtr cancel) {
  std::function<Task<Outcome>()> probe = [this, &call, &cancel]() -> Task<Outcome> {
    std::optional<Outcome> found;
    if (probe_call) {
      found = co_await probe_call(call, cancel);
    }
    co_return found.value_or(Outcome::cannot_tell({}));
  };
  Outcome outcome = co_await ask_until_settled(std::move(probe), call.step, limit, cancel);
  if (outcome.kind == Outcome::Kind::cannot_tell && outcome.is_over && is_decided(state(), call)) {
    outcome.kind = Outcome::Kind::not_done;
  }
  co_return outcome;
}

// REQUIRES: the step has calls without an end. After it every such call has one, or the session
// stops.
Task<Session::Examined> Session::examine(Scope& outer, std::string path, const StepSpec& spec) {
  const std::uint32_t number = state().find_step(path)->attempts;
  const std::chrono::milliseconds limit = spec.options.timeout.value_or(kSettleLimit);
  Examined examined;
  const auto open = [this, &path] { return state().open_calls_of(path); };
  const auto close_plain = [this, &open](const Outcome& outcome, std::string_view how) {
    for (const CallState* call : open()) {
      if (call->resource.empty()) {
        close_call(*call, outcome, how);
      }
    }
  };
  if (spec.options.idempotent) {
    close_plain(Outcome::not_done(), "idempotent");
  }
  if (spec.options.probe && !open().empty()) {
    Attempt looking;
    looking.path = path;
    looking.number = number;
    Scope scope{
        .path = path, .attempt = &looking, .cancel = outer.cancel->child(), .mode = Mode::look};
    Json calls =
        impl_->vault.from_references(describe_calls(state().calls_of(*state().find_step(path))));
    std::function<Task<Outcome>()> probe = [&] { return spec.options.probe(scope, calls); };
    Outcome outcome = co_await ask_until_settled(std::move(probe), path, limit, outer.cancel);
    if (outcome.kind == Outcome::Kind::done) {
      close_plain(Outcome::done(nullptr), "step probe");
      examined.result = finish(path, number, std::move(outcome.value));
      co_return examined;
    }
    if (outcome.kind == Outcome::Kind::failed) {
      close_plain(outcome, "step probe");
      Error error = Error::from_json(outcome.error);
      error.path = path;
      end(path, number, State::failed, error);
      throw error;
    }
    if (outcome.kind == Outcome::Kind::cannot_tell && spec.options.on_unknown == OnUnknown::ask) {
      stop_unknown(path, number, unknown_error(path, *open().front(), outcome));
    }
    if (outcome.kind == Outcome::Kind::not_done) {
      close_plain(Outcome::not_done(), "step probe");
    }
  }
  while (!open().empty()) {
    const CallState& call = *open().front();
    Outcome outcome = co_await settle_by_primitive(call, limit, outer.cancel);
    if (outcome.kind == Outcome::Kind::cannot_tell) {
      // What uses up a resource may still happen: never again before that is known.
      if (spec.options.on_unknown == OnUnknown::ask || !call.resource.empty()) {
        stop_unknown(path, number, unknown_error(path, call, outcome));
      }
      const std::string evidence = evidence_of(path, call, outcome.text);
      close_call(call, Outcome::not_done(), "on_unknown");
      if (spec.options.on_unknown == OnUnknown::fail) {
        Error error(Code::outcome_unknown, evidence);
        error.path = path;
        end(path, number, State::failed, error);
        throw error;
      }
      continue;
    }
    examined.done += outcome.kind == Outcome::Kind::done ? 1 : 0;
    if (outcome.kind == Outcome::Kind::not_done) {
      examined.not_done = Error(Code::outcome_unknown, "it did not happen");
    }
    close_call(call, outcome, "probe");
  }
  examined.settled = true;
  co_return examined;
}

Task<void> Session::settle_all(Settle which) {
  const auto is_meant = [this, which](std::uint32_t index) {
    return which == Settle::all || !is_under(state().calls[index].step, "finally");
  };
  for (;;) {
    const auto open = std::ranges::find_if(state().open_calls, is_meant);
    if (open == state().open_calls.end()) {
      co_return;
    }
    const CallState& call = state().calls[*open];
    const std::string path = call.step;
    co_await first_action();
    Outcome outcome = co_await settle_by_primitive(call, kSettleLimit, impl_->root.cancel);
    if (outcome.kind == Outcome::Kind::cannot_tell) {
      throw SessionStop(RunPhase::unknown, unknown_error(path, call, outcome));
    }
    close_call(call, outcome, "probe");
  }
}

}  // namespace runbook
