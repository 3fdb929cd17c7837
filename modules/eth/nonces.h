#pragma once
// Which nonce is next. They belong to a sender on a chain, not to a run: taken under a lease of the
// store, and counted over the open intents of all its runs.

#include <set>
#include <vector>

#include "modules/eth/chain_client.h"
#include "modules/eth/sender_queue.h"
#include "modules/eth/transaction_intent.h"

namespace runbook {

/// An open intent of any run.
struct OpenTransaction {
  std::string run;
  TransactionIntent intent;
};
/// Those of the account's resource; of a whole chain, by a shorter prefix.
Task<std::vector<OpenTransaction>> open_transactions(Call& call, std::string resource);
std::set<std::uint64_t> taken_nonces(const std::vector<OpenTransaction>& open);

/// The lowest that is free: not below what the chain counts, pending ones too, nor taken by an open
/// intent. A gap that a refused transaction left is filled by it.
std::uint64_t next_nonce(std::uint64_t counted, const std::set<std::uint64_t>& taken);

/// Waits for the call's turn in the script's order, for one of the places in flight, and for the
/// sender's lease, which is held until the intent is durable. Open intents of others are sent
/// again first. Throws Error(Code::sender_busy) naming the run that is in the way, effect none.
Task<std::uint64_t> take_nonce(Call& call, KnownChain chain, SenderQueue::Ticket& ticket,
                               std::string sender);

/// Those of the intent's sender with lower nonces, behind which it would wait for ever.
Task<void> send_lower_again(Call& call, KnownChain chain, TransactionIntent intent);

}  // namespace runbook
