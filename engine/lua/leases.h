#pragma once
// Store-wide leases as the calls of one session hold them: one call at a time, in the order in
// which they asked. Between them the session keeps the lease, but not for long: others wait for it
// too.

#include <chrono>
#include <memory>
#include <string>

#include "engine/step/session.h"

namespace runbook::lua {

class Leases {
 public:
  explicit Leases(Session& session);
  ~Leases();
  Leases(const Leases&) = delete;
  Leases& operator=(const Leases&) = delete;

  /// Passes the lease on, or gives it back once all that was appended to the journal is durable.
  class Held;

  /// Waits for the session's other calls, then for other runs; renews the lease until it is given
  /// back. After `timeout` Error(Code::lock_held), transient, effect none, naming the run that has
  /// it. `holder` is this run's id.
  Task<std::shared_ptr<Held>> hold(std::string name, std::string holder,
                                   std::chrono::milliseconds timeout, CancelPtr cancel);

 private:
  struct Entry;
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace runbook::lua
