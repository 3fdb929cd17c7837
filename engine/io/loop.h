#pragma once
// The one event loop: Asio's io_context, an idle hook for the journal, timers, signals and a small
// blocking pool.

#include <chrono>
#include <functional>
#include <memory>

#include "engine/base/clock.h"
#include "engine/io/cancel.h"
#include "engine/io/task.h"

namespace boost::asio {
class io_context;
}

namespace runbook {

class Loop {
 public:
  explicit Loop(Clock& clock);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  boost::asio::io_context& context();
  Clock& clock();

  /// Starts a coroutine; an exception that leaves it is rethrown from run(), of several the first.
  void spawn(Task<void> task);
  /// Runs until stop() or until nothing is left to do.
  void run();
  void stop();
  /// Called whenever nothing is runnable, before the loop blocks: the journal commits there.
  void on_idle(std::function<void()> hook);

  /// Waits; throws Cancelled as soon as `cancel` (may be null) is requested (any level).
  Task<void> sleep(std::chrono::milliseconds duration, CancelPtr cancel);
  /// Runs `work` on the blocking pool (2 threads) and resumes here. `work` must end by itself: it
  /// cannot be cancelled. Whatever it throws is rethrown here.
  Task<void> blocking(std::function<void()> work);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Lets one coroutine wait until another part of the program opens it. Reusable after close(). Loop
/// thread only.
class Latch {
 public:
  explicit Latch(Loop& loop);
  ~Latch();  ///< REQUIRES: nobody waits
  Latch(const Latch&) = delete;
  Latch& operator=(const Latch&) = delete;
  void open();  ///< resumes all waiters, now and later ones, until close()
  void close();
  bool is_open() const;
  /// Throws Cancelled if `cancel` (may be null) is requested first.
  Task<void> wait(CancelPtr cancel);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace runbook
