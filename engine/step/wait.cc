// Steps that wait: for a condition (looking only) or for a time.

#include <fmt/core.h>

#include <utility>

#include "engine/step/session_impl.h"

namespace runbook {

Task<RawJson> Session::wait_until(Scope& outer, StepSpec spec, WaitSpec wait, Look look) {
  Body body = [this, wait = std::move(wait), look = std::move(look)](Scope& step) -> Task<Json> {
    Scope scope{
        .path = step.path, .attempt = step.attempt, .cancel = step.cancel, .mode = Mode::look};
    const auto deadline = impl_->loop.clock().steady() + wait.timeout;
    const Timestamp gives_up = impl_->loop.clock().now() + wait.timeout.count();
    std::optional<std::string> shown;
    for (;;) {
      std::string seen;
      std::optional<Json> found;
      try {
        found = co_await look(scope);
      } catch (const Error& error) {
        if (!error.transient) {
          throw;
        }
        seen = fmt::format("{} {}", code_text(error.code), error.message);
      }
      if (found) {
        co_return std::move(*found);
      }
      if (seen.empty() && wait.why) {
        seen = co_await wait.why(scope);
      }
      if (impl_->loop.clock().steady() + wait.every > deadline) {
        throw Error(Code::wait_timed_out, fmt::format("{} did not happen within {}{}{}", step.path,
                                                      format_duration(wait.timeout),
                                                      seen.empty() ? "" : "; last seen: ", seen))
            .with_effect(EffectDone::none);
      }
      if (seen != shown) {
        shown = seen;
        impl_->journal.append(
            event::StepWaiting{.why = impl_->vault.conceal(std::string_view(seen)),
                               .until = gives_up},
            step.path, step.attempt->number);
      }
      co_await rest(step.path, wait.every, step.cancel);
      if (is_ended_by_hand(step.path)) {
        co_return nullptr;  // the attempt ends as was recorded
      }
    }
  };
  spec.kind = Kind::wait;
  co_return co_await step(outer, std::move(spec), std::move(body));
}

Task<RawJson> Session::sleep(Scope& outer, StepSpec spec, std::chrono::milliseconds duration) {
  Body body = [this, duration](Scope& scope) -> Task<Json> {
    const Timestamp now = impl_->loop.clock().now();
    Timestamp until = state().find_step(scope.path)->waiting_until;
    if (until == 0) {
      until = now + duration.count();
      impl_->journal.append(event::StepWaiting{.why = "time", .until = until}, scope.path,
                            scope.attempt->number);
    }
    if (until > now) {
      co_await rest(scope.path, std::chrono::milliseconds(until - now), scope.cancel);
    }
    co_return nullptr;
  };
  spec.kind = Kind::sleep;
  co_return co_await step(outer, std::move(spec), std::move(body));
}

}  // namespace runbook
