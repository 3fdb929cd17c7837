#pragma once
// What became of a transaction, decided over all its alternatives from what was read. Only
// decisions.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "modules/eth/transaction_intent.h"

namespace runbook {

/// One look. What the node answered with an error, or did not know, is absent.
struct Look {
  std::optional<std::uint64_t> head;
  std::optional<std::uint64_t> count;  ///< of the sender, at the newest block
  /// Of each alternative in turn; null where the node has none; absent where it answered an error.
  std::vector<std::optional<Json>> receipts;
  /// A block at which the sender's count was read to be beyond the nonce.
  std::optional<std::uint64_t> consumed_at;
  /// The hash that the chain has now at the block of the receipt.
  std::optional<std::string> canonical;
};

struct Finding {
  enum class Kind {
    pending,    ///< its nonce is free: send it again
    ask_again,  ///< nodes disagree, or are not ready
    prove,      ///< its nonce is used up and no receipt is there: at which block?
    check,      ///< it is deep enough: is its block still of the chain?
    deepening,  ///< on the chain, but not deep enough
    done,
    reverted,
    foreign,  ///< none of the alternatives used up the nonce
  };
  Kind kind = Kind::ask_again;
  Json receipt;             ///< from check on
  std::uint64_t depth = 0;  ///< blocks from its own to the head
};

Finding settle(std::uint64_t nonce, std::uint64_t confirmations, const Look& look);

/// What the transaction is that used up the nonce instead, as eth_getBlockByNumber shows it.
enum class Usurper {
  ours,       ///< one of the alternatives after all: ask again
  same,       ///< same to, value and data: as good as ours
  cancelled,  ///< nothing sent to itself: somebody cancelled
  other
};
Usurper judge_usurper(const TransactionIntent& intent, const Json& transaction);

}  // namespace runbook
