#pragma once
// What is recorded before a transaction is sent, and with each replacement: enough to send it
// again, and to find out what became of it, without a key.

#include <cstdint>
#include <string>
#include <vector>

#include "modules/eth/chain_client.h"
#include "modules/eth/fees.h"
#include "modules/eth/transaction.h"

namespace runbook {

/// One way in which it may get onto the chain. An account that the node keeps, and that cannot sign
/// without sending, has no bytes, and no hash before it was sent.
struct Alternative {
  std::string raw;   ///< bytes
  std::string hash;  ///< 0x…
  Fees fees;
};

struct TransactionIntent {
  ChainIdentity chain;
  std::string sender;  ///< 20 bytes
  std::uint64_t nonce = 0;
  std::string to;  ///< 20 bytes; empty creates a contract
  Bigint value;
  std::string data;
  std::uint64_t gas = 0;
  std::uint64_t head = 0;                 ///< newest block when it was made
  std::vector<Alternative> alternatives;  ///< newest last; never empty
  std::string reason;                     ///< why it was signed anew; empty mostly
  /// Transfers of nothing to itself at lower nonces, which nobody else had taken.
  std::vector<TransactionIntent> fillers;

  const Alternative& newest() const { return alternatives.back(); }
};

/// { chain_id, genesis, sender, nonce, to, value, data, gas, head, alternatives, text }.
Json intent_json(const TransactionIntent& intent);
/// Throws Error(Code::jsonrpc_invalid) for what is none.
TransactionIntent read_intent(const Json& json);

/// "eth/<genesis>/<chain id>/<address, lower case>": whose nonces are used up.
std::string account_resource(const ChainIdentity& chain, const std::string& address);
/// To be signed, with these fees.
Transaction transaction_with(const TransactionIntent& intent, const Fees& fees);
/// As eth_call, eth_sendTransaction and others take it: from, to, value, data, gas.
Json node_transaction(const TransactionIntent& intent);
/// Those, nonce, chain id and fees.
Json node_transaction(const TransactionIntent& intent, const Fees& fees);
/// The transfer of nothing to itself that takes a nonce.
TransactionIntent filler_of(const TransactionIntent& intent, std::uint64_t nonce);
/// "nonce 7, 0xab12…34, at most 2 gwei", with the whole hash.
std::string intent_text(const TransactionIntent& intent);

}  // namespace runbook
