#pragma once
// A limit on the time of what runs under a cancellation node.

#include <chrono>
#include <memory>

#include "engine/io/loop.h"

namespace runbook {

/// Cancels `node` when time is up; the timer dies with the object.
class Deadline {
 public:
  Deadline(Loop& loop, std::chrono::milliseconds after, CancelPtr node);
  ~Deadline();
  bool passed() const;

 private:
  struct Timer;
  std::shared_ptr<Timer> timer_;
};

}  // namespace runbook
