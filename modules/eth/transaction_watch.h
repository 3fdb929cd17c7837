#pragma once
// From signed bytes to an outcome: sent, sent again, replaced at a higher fee, looked for, until
// its nonce is used up as deep as is asked for.

#include <memory>
#include <optional>
#include <string>

#include "modules/eth/account.h"
#include "modules/eth/chain_client.h"
#include "modules/eth/sender_queue.h"
#include "modules/eth/sending.h"
#include "modules/eth/settlement.h"

namespace runbook {

struct Verdict {
  enum class Kind {
    done,
    reverted,
    taken,      ///< another transaction used up the nonce: nothing of ours happened
    cancelled,  ///< the same, by a transfer of nothing to itself
    refused,    ///< no node ever had it, and none takes it
    lost,       ///< the nonce is used up, and nobody can say by what
    open        ///< time is over: it can still happen
  };
  Kind kind = Kind::open;
  Json receipt;      ///< done, reverted
  std::string text;  ///< what is known otherwise
};

class TransactionWatch {
 public:
  /// `account` signs replacements; without one the newest alternative stays. `fresh`: nobody can
  /// have sent it before.
  TransactionWatch(Call& call, KnownChain chain, TransactionIntent intent,
                   std::optional<Account> account, bool fresh);

  /// Until there is an outcome, or it is late.
  Task<Verdict> outcome(std::chrono::steady_clock::time_point deadline);
  const TransactionIntent& intent() const { return intent_; }

 private:
  Task<std::optional<Verdict>> turn();
  std::vector<JsonRpcCall> moment() const;
  Look read_moment(const std::vector<JsonRpcAnswer>& answers);
  Task<Look> look();
  Task<std::optional<Verdict>> judge(Finding finding, std::optional<std::uint64_t> count);
  Task<std::optional<Verdict>> pending(std::uint64_t count);
  Task<std::optional<Verdict>> send();
  Task<std::optional<Verdict>> refused(std::string message);
  Task<std::optional<Verdict>> usurped(std::uint64_t block);
  Task<std::optional<Alternative>> higher(TransactionIntent transaction);
  Task<bool> bump();
  Task<bool> is_gap(std::uint64_t nonce);
  Task<void> fill_gap(std::uint64_t count);
  Task<bool> make_filler(std::uint64_t nonce);
  Task<void> send_filler(std::size_t place);
  Task<bool> bump_filler(std::size_t place);
  bool wants_bump(std::uint64_t count) const;
  void note_depth(const Finding& finding);
  void used_up();
  void say(std::string why);
  std::string address() const;

  Call& call_;
  ChainClient& client_;
  TransactionIntent intent_;
  const std::optional<Account> account_;
  const std::shared_ptr<SenderQueue> queue_;
  const std::uint64_t confirmations_;
  bool fresh_;  ///< no node has said that it has it

  Head head_;
  std::optional<std::uint64_t> prove_at_;
  std::optional<std::uint64_t> consumed_at_;
  std::optional<std::uint64_t> check_at_;
  int searches_ = 0;
  SendAnswer answer_ = SendAnswer::accepted;
  std::uint64_t sent_head_ = 0;  ///< newest block when the newest alternative was first sent
  std::chrono::steady_clock::time_point made_;       ///< the newest alternative
  std::chrono::steady_clock::time_point send_next_;  ///< again
  std::chrono::milliseconds send_pause_{0};
  std::chrono::steady_clock::time_point head_since_;
  std::optional<std::chrono::steady_clock::time_point> gap_since_;
  std::string filler_said_;  ///< what the node last had against a filler
  bool has_lease_ = false;   ///< the sender's, to fill a gap: until the next amendment
  std::string why_;
  std::string said_;
};

/// The transaction of the intent's sender that used up its nonce by `block`, as
/// eth_getBlockByNumber shows it; null if it cannot be found.
Task<Json> find_usurper(ChainClient& client, TransactionIntent intent, std::uint64_t block,
                        CancelPtr cancel);

}  // namespace runbook
