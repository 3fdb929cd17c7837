#include "modules/chainlink/settle.h"

#include <fmt/format.h>

namespace runbook::chainlink {

namespace {

constexpr std::chrono::milliseconds kPause{500};

/// The node has said how its own attempt ended.
bool is_over(const Error& failure) {
  return failure.code == Code::chainlink_failed || failure.code == Code::chainlink_name_taken;
}

}  // namespace

Task<Json> settle(Call& call, Error failure, Look look) {
  if (failure.effect != EffectDone::unknown) {
    throw failure;
  }
  Clock& clock = call.host().loop.clock();
  const auto end = clock.steady() + (is_over(failure) ? kPause * 0 : kSettleTime);
  for (;;) {
    Outcome outcome;
    try {
      outcome = co_await look();
    } catch (const Error& error) {
      failure.message += fmt::format("; and whether it was done all the same: {}", error.message);
      throw failure;
    }
    if (outcome.kind == Outcome::Kind::done) {
      call.log(Stream::err, failure.message + "; it was done all the same");
      co_return outcome.value;
    }
    if (outcome.kind == Outcome::Kind::failed) {
      Error found = Error::from_json(outcome.error);
      throw found.with_effect(EffectDone::none);
    }
    if (outcome.kind == Outcome::Kind::cannot_tell) {
      failure.message += "; " + outcome.text;
      throw failure;
    }
    if (clock.steady() >= end) {
      throw failure.with_effect(EffectDone::none);
    }
    co_await call.host().loop.sleep(kPause, call.cancel());
  }
}

Task<Outcome> settle_recorded(Call& call, Timestamp begun, Look look) {
  Outcome outcome = co_await look();
  const Timestamp age = call.host().loop.clock().now() - begun;
  if (outcome.kind == Outcome::Kind::not_done && age >= 0 && age < kSettleTime.count()) {
    co_return Outcome::in_progress("the node may still be at it");
  }
  co_return outcome;
}

}  // namespace runbook::chainlink
