#include "modules/eth/sender_queue.h"

#include <algorithm>

namespace runbook {

namespace {

struct SenderQueues {
  std::map<std::string, std::shared_ptr<SenderQueue>> by_sender;
};

}  // namespace

SenderQueue::Ticket::Ticket(std::shared_ptr<SenderQueue> queue)
    : queue_(std::move(queue)), turn_(queue_->loop_) {
  queue_->waiting_.push_back(this);
}

SenderQueue::Ticket::~Ticket() {
  std::erase(queue_->waiting_, this);
  queue_->given_.erase(this);
  queue_->returned_.open();
  if (queue_->leader_ == this) {
    queue_->leader_ = nullptr;
  }
  queue_->wake();
}

bool SenderQueue::Ticket::may_lead() const {
  return queue_->leader_ == nullptr && !queue_->waiting_.empty() &&
         queue_->waiting_.front() == this;
}

Task<void> SenderQueue::Ticket::wait(CancelPtr cancel) {
  if (!stopped_) {
    turn_.close();
    co_await turn_.wait(std::move(cancel));
  }
  if (stopped_) {
    throw *stopped_;
  }
}

std::size_t SenderQueue::ready() const {
  std::size_t count = 0;
  for (auto one = waiting_.begin(); one != waiting_.end() && (*one)->ready_; ++one) {
    ++count;
  }
  return count;
}

std::set<std::uint64_t> SenderQueue::given() const {
  std::set<std::uint64_t> nonces;
  for (const Ticket* one : given_) {
    nonces.insert(*one->nonce_);
  }
  return nonces;
}

void SenderQueue::give(std::uint64_t nonce) {
  Ticket* const first = waiting_.front();
  waiting_.pop_front();
  first->nonce_ = nonce;
  given_.insert(first);
  active.insert(nonce);
  first->turn_.open();
}

Task<void> SenderQueue::Ticket::wait_for_others() {
  if (queue_->leader_ != this) {
    co_return;
  }
  while (std::ranges::any_of(queue_->given_, [&](const Ticket* one) { return one != this; })) {
    queue_->returned_.close();
    co_await queue_->returned_.wait(nullptr);  // each ends by itself, or by its own call's cancel
  }
}

void SenderQueue::release(std::uint64_t nonce) {
  active.erase(nonce);
  wake();
}

void SenderQueue::stop(const Error& reason) {
  for (Ticket* one : waiting_) {
    if (one != leader_) {
      one->stopped_ = reason;
      one->turn_.open();
    }
  }
}

void SenderQueue::wake() {
  if (leader_ == nullptr && !waiting_.empty()) {
    waiting_.front()->turn_.open();
  }
}

std::shared_ptr<SenderQueue> queue_of(Call& call, const std::string& sender) {
  SenderQueues& queues = call.host().of_session<SenderQueues>();
  std::shared_ptr<SenderQueue>& queue = queues.by_sender[call.text_or("chain", "chain") + "\n" +
                                                         call.text_or("url", "") + "\n" + sender];
  if (queue == nullptr) {
    queue = std::make_shared<SenderQueue>(call.host().loop);
  }
  return queue;
}

}  // namespace runbook
