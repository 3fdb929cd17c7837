#include "engine/view/write_behind.h"

#include <sys/resource.h>

#include <csignal>
#include <utility>

namespace runbook {

namespace {

constexpr std::size_t kMostPending = std::size_t{4} << 20;

}  // namespace

WriteBehind::WriteBehind(std::function<void(std::string_view)> write) : write_(std::move(write)) {
  // Signals are the business of the thread that has always been there.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

WriteBehind::~WriteBehind() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  more_.notify_one();
  thread_.join();
}

void WriteBehind::push(std::string_view text) {
  std::unique_lock lock(mutex_);
  less_.wait(lock, [this] { return pending_.size() < kMostPending; });
  pending_ += text;
  lock.unlock();
  more_.notify_one();
}

bool WriteBehind::has_pending() const {
  const std::lock_guard lock(mutex_);
  return writing_ || !pending_.empty();
}

void WriteBehind::flush() {
  std::unique_lock lock(mutex_);
  less_.wait(lock, [this] { return !writing_ && pending_.empty(); });
}

void WriteBehind::run() {
  setpriority(PRIO_PROCESS, 0, 10);  // of this thread: what is shown waits for what is done
  std::unique_lock lock(mutex_);
  for (;;) {
    more_.wait(lock, [this] { return stopping_ || !pending_.empty(); });
    if (pending_.empty()) {
      return;
    }
    const std::string text = std::exchange(pending_, {});
    writing_ = true;
    lock.unlock();
    write_(text);
    lock.lock();
    writing_ = false;
    less_.notify_all();
  }
}

}  // namespace runbook
