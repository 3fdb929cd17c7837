#include "engine/journal/read_ahead.h"

#include <utility>

namespace runbook {
namespace {

constexpr std::size_t kBatch = 512;
constexpr std::size_t kMostBatches = 8;

/// Leaves read_events() when nobody wants the rest.
struct Stopped : std::exception {};

}  // namespace

ReadAhead::ReadAhead(Store& store, std::string run)
    : store_(store), run_(std::move(run)), thread_([this] { read(); }) {}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::vector<StoredEvent> ReadAhead::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !batches_.empty() || ended_; });
  if (batches_.empty()) {
    if (failure_) {
      std::rethrow_exception(failure_);
    }
    return {};
  }
  std::vector<StoredEvent> batch = std::move(batches_.front());
  batches_.pop_front();
  changed_.notify_all();
  return batch;
}

void ReadAhead::hand_over(std::vector<StoredEvent>& batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return batches_.size() < kMostBatches || stopped_; });
  if (stopped_) {
    throw Stopped();
  }
  batches_.push_back(std::exchange(batch, {}));
  changed_.notify_all();
}

void ReadAhead::read() {
  std::exception_ptr failure;
  std::vector<StoredEvent> batch;
  try {
    store_.read_events(run_, 0, [&](StoredEvent& event) {
      batch.push_back(std::move(event));
      if (batch.size() == kBatch) {
        hand_over(batch);
      }
    });
    if (!batch.empty()) {
      hand_over(batch);
    }
  } catch (...) {  // rethrown by next()
    failure = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  failure_ = failure;
  ended_ = true;
  changed_.notify_all();
}

}  // namespace runbook
