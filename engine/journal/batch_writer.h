#pragma once
// Commits events to a store in batches: on a thread of its own, or when told to. Knows events as
// rows, nothing of what they mean.
//
// The batch is collected in memory while the last one is being written. A commit begins at once
// when it is asked for, else 5 ms after the first event. The first failure is the last: nothing is
// written after it.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/store/store.h"

namespace runbook {

class BatchWriter {
 public:
  /// Work with the store between two commits.
  struct Job {
    std::function<void(Store&)> work;
    std::exception_ptr error;  ///< what it threw
  };
  /// What happened since the last call of take_progress().
  struct Progress {
    std::vector<StoredEvent> events;  ///< durable, in order; only if they are kept
    std::vector<std::shared_ptr<Job>> jobs;
    std::exception_ptr failure;
  };

  /// `after_commit` is called for each event once it is durable, where the commit was made.
  BatchWriter(Store& store, std::string run, Sequence head, const Digest& head_hash,
              std::function<void(Sequence)> after_commit);
  ~BatchWriter();

  /// Starts the thread. `notify` is called on it whenever there is progress.
  void start(std::function<void()> notify);

  /// Adds one event, and what it changes besides itself (null: nothing). Waits when the writer is
  /// far behind, so that memory stays bounded. Throws the failure.
  void push(StoredEvent event, Append* effects);
  void push_blob(std::string content);
  void keep_events(bool keep);
  /// Asks for a commit now (thread), or makes it (no thread).
  void commit();
  /// The thread runs it after what is pending is durable; without a thread it is run now.
  void submit(std::shared_ptr<Job> job);
  /// Writes what is pending and ends the thread. Idempotent.
  void stop();
  /// Nothing more is written, as if the process had died.
  void fail(std::exception_ptr failure);

  Sequence committed() const { return committed_.load(std::memory_order_acquire); }
  std::exception_ptr failure() const;
  Progress take_progress();

 private:
  void run();
  bool has_pending() const;
  void look_for_request() const;
  bool wait_for_work(std::unique_lock<std::mutex>& lock);
  void write_pending(std::unique_lock<std::mutex>& lock);
  void run_jobs(std::unique_lock<std::mutex>& lock);

  Store& store_;
  const std::string run_;
  const std::function<void(Sequence)> after_commit_;
  std::function<void()> notify_;

  // Used by whoever writes.
  Sequence head_;
  Digest head_hash_;

  std::atomic<Sequence> committed_;
  std::atomic<bool> requested_ = false;  ///< written under the mutex
  mutable std::mutex mutex_;
  // Under the mutex.
  Append pending_;
  std::vector<std::shared_ptr<Job>> jobs_;
  Progress progress_;
  bool keep_events_ = false;
  bool stopping_ = false;
  bool dozing_ = false;  ///< the thread waits without a time limit
  std::exception_ptr failure_;
  std::condition_variable wake_;
  std::condition_variable caught_up_;
  std::thread thread_;
};

}  // namespace runbook
