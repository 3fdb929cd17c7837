#pragma once
// The calls of one session that want a nonce of one sender, in the order of the script. The first
// takes nonces for all that are ready, so that many share one look at the chain and one lease.

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "engine/lua/module.h"

namespace runbook {

class SenderQueue {
 public:
  /// Stands in the queue from a call's first line until its intent is returned.
  class Ticket {
   public:
    explicit Ticket(std::shared_ptr<SenderQueue> queue);
    ~Ticket();
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

    /// All but the nonce is known.
    void set_ready() { ready_ = true; }
    const std::optional<std::uint64_t>& nonce() const { return nonce_; }
    /// True if this one takes nonces, until it or its ticket ends.
    bool may_lead() const;
    void lead() { queue_->leader_ = this; }
    /// Of the leader: until all to whom it gave nonces have returned their intents.
    Task<void> wait_for_others();
    const std::shared_ptr<SenderQueue>& queue() const { return queue_; }
    /// Until it may lead or has a nonce. Throws the error that stopped the queue.
    Task<void> wait(CancelPtr cancel);

   private:
    friend class SenderQueue;
    const std::shared_ptr<SenderQueue> queue_;
    Latch turn_;
    bool ready_ = false;
    std::optional<std::uint64_t> nonce_;
    std::optional<Error> stopped_;
  };

  explicit SenderQueue(Loop& loop) : loop_(loop), returned_(loop) {}

  /// How many from the front are ready to be given a nonce.
  std::size_t ready() const;
  /// Those whose intents are still being made: no store knows of them.
  std::set<std::uint64_t> given() const;
  /// To the first in the queue, which leaves it.
  void give(std::uint64_t nonce);

  /// Nonces given and not yet known to be used up: `in_flight`.
  std::set<std::uint64_t> active;
  std::uint64_t floor = 0;  ///< all below are used up, whatever a node behind says
  std::map<std::string, std::chrono::steady_clock::time_point> sent_again;  ///< others', by hash

  /// How long a nonce may still be asked about in this session, before nobody can tell.
  std::map<std::uint64_t, std::chrono::steady_clock::time_point> deadlines;

  /// The nonce is used up, or free again: somebody else may have its place.
  void release(std::uint64_t nonce);
  /// None of those that wait is given a nonce.
  void stop(const Error& reason);

 private:
  void wake();

  Loop& loop_;
  std::list<Ticket*> waiting_;
  std::set<Ticket*> given_;
  Ticket* leader_ = nullptr;
  Latch returned_;  ///< one that was given a nonce has left
};

/// The session's queue of this call's sender on its chain.
std::shared_ptr<SenderQueue> queue_of(Call& call, const std::string& sender);

}  // namespace runbook
