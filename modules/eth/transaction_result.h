#pragma once
// What a transaction on the chain means for the call that sent it.

#include "modules/eth/transaction_call.h"
#include "modules/eth/transaction_intent.h"

namespace runbook {

/// Why it reverted: by doing it again, without effect, on the block before its own.
Task<Error> revert_of(Call& call, ChainClient& client, TransactionIntent intent, Json receipt,
                      TransactionRequest request);
/// The result of the call. A contract without code is Error(Code::transaction_reverted).
Task<Json> result_of(Call& call, ChainClient& client, TransactionIntent intent, Json receipt);
/// The same, of a probe.
Task<Outcome> outcome_of(Call& call, ChainClient& client, TransactionIntent intent, Json receipt);

}  // namespace runbook
