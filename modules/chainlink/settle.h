#pragma once
// What became of a request whose answer leaves it open: a node may have done what it answered with
// 500, or not at all.

#include <functional>

#include "modules/chainlink/node.h"

namespace runbook::chainlink {

/// How long a node may still be at a request that was cut off: it gives itself five seconds.
inline constexpr std::chrono::milliseconds kSettleTime{5'000};

/// Looks at the node; REQUIRES: reads only.
using Look = std::function<Task<Outcome>()>;

/// Of a request that failed with an effect that is not known: the result if `look` finds it done.
/// Else throws `failure`, with effect none once it cannot happen any more; unknown if the node
/// cannot be asked.
Task<Json> settle(Call& call, Error failure, Look look);

/// Of a recorded call begun at `begun`: what `look` finds, not_done only once it cannot happen any
/// more.
Task<Outcome> settle_recorded(Call& call, Timestamp begun, Look look);

}  // namespace runbook::chainlink
