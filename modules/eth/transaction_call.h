#pragma once
// What send, transfer, deploy and top_up have in common: prepare, run and probe of one transaction.

#include "engine/lua/module.h"
#include "modules/eth/abi_entry.h"
#include "modules/eth/chain_client.h"
#include "modules/eth/sender_queue.h"

namespace runbook {

/// What a call wants on the chain.
struct TransactionRequest {
  std::string to;  ///< 20 bytes; empty creates a contract
  Bigint value;
  std::string data;
  std::string subject;  ///< "transfer(…) of 0x…": begins what is said of a revert
  Abi abi;              ///< errors of the contract
};

/// { to, value, data, sender, chain }: what makes two calls the same.
Json transaction_identity(Call& call, const TransactionRequest& request);

/// `ticket` stands in the sender's queue since the call's first line.
Task<Intent> prepare_transaction(Call& call, KnownChain chain, SenderQueue::Ticket& ticket,
                                 TransactionRequest request);
/// With a ticket of its own, and the chain of the call's URL.
Task<Intent> prepare_transaction(Call& call, TransactionRequest request);

/// { hash, block, block_hash, status, gas_used, fee, nonce, from, to | address, logs }. Throws
/// Error: transaction_reverted, transaction_refused (effect none); transaction_open (unknown).
Task<Json> run_transaction(Call& call, TransactionRequest request);
/// Of a call that was cut off: by its intents, without a key.
Task<Outcome> probe_transaction(Call& call, TransactionRequest request);

/// identity, prepare and run of a primitive whose options say all of what it wants.
template <TransactionRequest (*request_of)(Call&)>
Json request_identity(Call& call) {
  return transaction_identity(call, request_of(call));
}

template <TransactionRequest (*request_of)(Call&)>
Task<Intent> prepare_request(Call& call) {
  TransactionRequest request = request_of(call);
  co_return co_await prepare_transaction(call, std::move(request));
}

template <TransactionRequest (*request_of)(Call&)>
Task<Json> run_request(Call& call) {
  TransactionRequest request = request_of(call);
  co_return co_await run_transaction(call, std::move(request));
}

}  // namespace runbook
