#include "engine/journal/batch_writer.h"

#include <chrono>
#include <utility>

#include "engine/base/error.h"
#include "engine/journal/load.h"

namespace runbook {
namespace {

constexpr auto kLongestWait = std::chrono::milliseconds(5);
constexpr std::size_t kMostPending = 20'000;
constexpr std::chrono::microseconds kLookOut{50};

/// A store that can no longer be written or trusted ends the run; any other error of a job is its
/// own.
bool is_final(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Error& failure) {
    return code_info(failure.code).exit == code_info(Code::journal_unwritable).exit;
  } catch (const std::exception&) {
    return false;
  }
}

template <typename Item>
void move_all(std::vector<Item>& to, std::vector<Item>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void merge_effects(Append& to, Append& from) {
  to.run_state = from.run_state ? from.run_state : to.run_state;
  to.run_exit = from.run_exit ? from.run_exit : to.run_exit;
  move_all(to.opened, from.opened);
  move_all(to.closed, from.closed);
  move_all(to.state, from.state);
}

}  // namespace

BatchWriter::BatchWriter(Store& store, std::string run, Sequence head, const Digest& head_hash,
                         std::function<void(Sequence)> after_commit)
    : store_(store),
      run_(std::move(run)),
      after_commit_(std::move(after_commit)),
      head_(head),
      head_hash_(head_hash),
      committed_(head) {
  pending_.run = run_;
}

BatchWriter::~BatchWriter() {
  stop();
}

void BatchWriter::start(std::function<void()> notify) {
  notify_ = std::move(notify);
  thread_ = std::thread([this] { run(); });
}

void BatchWriter::push(StoredEvent event, Append* effects) {
  std::unique_lock lock(mutex_);
  if (pending_.events.size() >= kMostPending && thread_.joinable()) {
    requested_ = true;
    wake_.notify_one();
    caught_up_.wait(lock, [this] { return pending_.events.size() < kMostPending || failure_; });
  }
  if (failure_) {
    std::rethrow_exception(failure_);
  }
  if (effects != nullptr) {
    merge_effects(pending_, *effects);
  }
  pending_.events.push_back(std::move(event));
  if (dozing_) {
    wake_.notify_one();
  }
}

void BatchWriter::push_blob(std::string content) {
  const std::lock_guard lock(mutex_);
  pending_.blobs.push_back(std::move(content));
}

void BatchWriter::keep_events(bool keep) {
  const std::lock_guard lock(mutex_);
  keep_events_ = keep;
}

bool BatchWriter::has_pending() const {
  return !pending_.events.empty() || !pending_.blobs.empty();
}

void BatchWriter::commit() {
  std::unique_lock lock(mutex_);
  if (thread_.joinable()) {
    requested_ = true;
    wake_.notify_one();
  } else {
    write_pending(lock);
  }
}

void BatchWriter::submit(std::shared_ptr<Job> job) {
  std::unique_lock lock(mutex_);
  jobs_.push_back(std::move(job));
  if (thread_.joinable()) {
    wake_.notify_one();
  } else {
    write_pending(lock);
    run_jobs(lock);
  }
}

void BatchWriter::stop() {
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
    if (!thread_.joinable()) {
      write_pending(lock);
      return;
    }
  }
  thread_.join();
}

void BatchWriter::fail(std::exception_ptr failure) {
  const std::lock_guard lock(mutex_);
  if (!failure_) {
    failure_ = failure;
    progress_.failure = std::move(failure);
  }
}

std::exception_ptr BatchWriter::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

BatchWriter::Progress BatchWriter::take_progress() {
  const std::lock_guard lock(mutex_);
  return std::exchange(progress_, {});
}

// True when there is something to write or to run. Between two commits in quick succession the
// thread waits with a time limit, which spares every append a wake-up; when nothing happens it
// dozes until it is woken.
bool BatchWriter::wait_for_work(std::unique_lock<std::mutex>& lock) {
  const auto asked = [this] { return requested_ || stopping_ || !jobs_.empty(); };
  if (wake_.wait_for(lock, kLongestWait, asked)) {
    return true;
  }
  if (has_pending()) {
    return true;
  }
  dozing_ = true;
  wake_.wait(lock, [&] { return asked() || has_pending(); });
  dozing_ = false;
  return asked();
}

// A recipe that acts step by step asks for its next commit sooner after the last one than it takes
// to wake a thread: looks out for that before it sleeps.
void BatchWriter::look_for_request() const {
  const auto until = std::chrono::steady_clock::now() + kLookOut;
  while (!requested_.load(std::memory_order_relaxed) && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
}

void BatchWriter::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_ || has_pending() || !jobs_.empty()) {
    if (!wait_for_work(lock)) {
      continue;
    }
    write_pending(lock);
    run_jobs(lock);
    caught_up_.notify_all();
    lock.unlock();
    notify_();
    look_for_request();
    lock.lock();
  }
}

// Writes outside of the lock: the next batch collects meanwhile.
void BatchWriter::write_pending(std::unique_lock<std::mutex>& lock) {
  requested_ = false;
  if (!has_pending()) {
    return;
  }
  Append batch = std::exchange(pending_, Append{.run = run_});
  if (failure_) {
    return;
  }
  lock.unlock();
  std::exception_ptr failure;
  bool durable = false;
  try {
    link_events(batch, head_, head_hash_);
    store_.append(batch);
    durable = true;
    head_ += batch.events.size();
    head_hash_ = batch.head_hash;
    committed_.store(head_, std::memory_order_release);
    for (std::size_t i = 0; after_commit_ && i < batch.events.size(); ++i) {
      after_commit_(batch.events[i].sequence);
    }
  } catch (...) {  // rethrown by whatever is asked of the journal next
    failure = std::current_exception();
  }
  lock.lock();
  if (failure && !failure_) {
    failure_ = failure;
    progress_.failure = failure;
  }
  if (keep_events_ && durable) {
    move_all(progress_.events, batch.events);
  }
}

void BatchWriter::run_jobs(std::unique_lock<std::mutex>& lock) {
  std::vector<std::shared_ptr<Job>> jobs = std::exchange(jobs_, {});
  for (const std::shared_ptr<Job>& job : jobs) {
    job->error = failure_;
    if (!job->error) {
      lock.unlock();
      try {
        job->work(store_);
      } catch (...) {  // rethrown where the job was given
        job->error = std::current_exception();
      }
      lock.lock();
      if (job->error && is_final(job->error)) {
        failure_ = job->error;
        progress_.failure = job->error;
      }
    }
    progress_.jobs.push_back(job);
  }
}

}  // namespace runbook
