#pragma once
// What ends a session from outside: Ctrl-C and its kin, --timeout (design §3.4).

#include <chrono>
#include <optional>

#include "engine/io/signals.h"
#include "engine/recipe/endings.h"
#include "engine/recipe/engine_parts.h"

namespace runbook {

class Stops {
 public:
  /// Cancels the session's root; an operator is told what the next Ctrl-C would do.
  Stops(EngineParts& parts, Shown& shown, std::optional<std::chrono::milliseconds> timeout);
  Stops(const Stops&) = delete;
  Stops& operator=(const Stops&) = delete;

  /// By a signal or the time limit.
  bool stopped() const { return signal_ != 0 || timed_out_; }
  /// How a session ends that was stopped.
  SessionEnding ending() const;

 private:
  int signal_ = 0;  ///< the first
  bool timed_out_ = false;
  Signals signals_;
};

}  // namespace runbook
