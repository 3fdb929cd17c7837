#pragma once
// Bytes, or fields where the node signs, on their way to a node.

#include "modules/eth/send_answer.h"
#include "modules/eth/transaction_intent.h"

namespace runbook {

struct Sent {
  SendAnswer answer = SendAnswer::accepted;
  std::string hash;       ///< where the node signed
  std::string message;    ///< what it says where it is not accepted
  bool repeated = false;  ///< that may be its answer to the second of two
};

/// Sends the intent's newest alternative; as often as you like: its nonce is taken once.
Task<Sent> send_newest(ChainClient& client, TransactionIntent intent, CancelPtr cancel);

}  // namespace runbook
