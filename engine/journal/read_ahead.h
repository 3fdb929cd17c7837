#pragma once
// Reads a long journal on a thread of its own while the caller folds what came before: reading and
// checking take as long as decoding and folding.

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/store/store.h"

namespace runbook {

class ReadAhead {
 public:
  /// `accept` looks at each event on the reading thread, may throw, and says whether it is wanted.
  /// `store` is used by that thread alone until the reader is gone.
  ReadAhead(Store& store, std::string run, std::function<bool(StoredEvent&)> accept);
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
  const std::function<bool(StoredEvent&)> accept_;
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
