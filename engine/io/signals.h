#pragma once
// SIGINT, SIGTERM, SIGHUP → stop levels (design §3.4); SIGPIPE ignored; the terminal's settings are
// kept and restored.

#include <functional>
#include <memory>

#include "engine/io/loop.h"

namespace runbook {

/// First SIGINT: interrupt; second: terminate; third: kill. SIGTERM and SIGHUP: terminate at once.
class Signals {
 public:
  /// `on_stop(level, signal)` runs on the loop, once per rise of the level.
  Signals(Loop& loop, std::function<void(StopLevel, int signal)> on_stop);
  ~Signals();
  StopLevel level() const;
  int signal() const;  ///< the signal that began the stop, 0 if none

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runbook
