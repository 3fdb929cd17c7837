#pragma once
// Reads a long journal on a thread of its own while the caller checks and folds what came before:
// either takes about half of the time.

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/store/store.h"

namespace runbook {

class ReadAhead {
 public:
  /// `store` is used by the reading thread alone until the reader is gone.
  ReadAhead(Store& store, std::string run);
  ~ReadAhead();  ///< stops reading
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  /// The next events in order; empty at the end. Rethrows what reading threw.
  std::vector<StoredEvent> next();

 private:
  void read();
  void hand_over(std::vector<StoredEvent>& batch);

  Store& store_;
  const std::string run_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Under the mutex.
  std::deque<std::vector<StoredEvent>> batches_;
  std::exception_ptr failure_;
  bool ended_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace runbook
