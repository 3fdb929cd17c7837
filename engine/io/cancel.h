#pragma once
// Structured cancellation: a tree of nodes. Cancelling a node cancels what is under it; every
// operation that waits takes the node it lives under. Loop thread only.

#include <functional>
#include <list>
#include <memory>

namespace runbook {

enum class CancelReason {
  timeout,  ///< its own deadline passed: INT, grace, TERM, grace, KILL
  sibling,  ///< another item of its each/parallel failed: likewise
  stop,     ///< the session is being stopped: signals follow StopLevel, each Ctrl-C raises it
};

/// How hard a stop is: 1 = SIGINT to children and wait for them, 2 = SIGTERM, 3 = SIGKILL.
enum class StopLevel { none = 0, interrupt = 1, terminate = 2, kill = 3 };

class Cancel : public std::enable_shared_from_this<Cancel> {
 public:
  static std::shared_ptr<Cancel> root() { return std::shared_ptr<Cancel>(new Cancel(nullptr)); }
  ~Cancel();
  Cancel(const Cancel&) = delete;
  Cancel& operator=(const Cancel&) = delete;
  /// A node that is cancelled with this one (at once if this one already is). Held by whoever waits
  /// under it.
  std::shared_ptr<Cancel> child();

  /// Idempotent for the same reason and level; a stop may be raised to a higher level; the first
  /// reason stays.
  void request(CancelReason reason, StopLevel level = StopLevel::none);
  bool requested() const { return requested_; }
  CancelReason reason() const { return reason_; }
  StopLevel level() const { return level_; }

  /// Calls `fn` on every change (request, higher level) until the registration is destroyed; at
  /// once if already requested. `fn` runs on the loop thread, from inside request(): it must not
  /// destroy the node.
  class Registration {
   public:
    Registration() = default;
    Registration(Registration&& other) noexcept { *this = std::move(other); }
    Registration& operator=(Registration&& other) noexcept;
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;
    ~Registration() { reset(); }
    void reset();

   private:
    friend class Cancel;
    std::weak_ptr<Cancel> node_;
    std::list<std::function<void()>>::iterator position_;
  };
  [[nodiscard]] Registration on_change(std::function<void()> fn);

 private:
  explicit Cancel(std::shared_ptr<Cancel> parent) : parent_(std::move(parent)) {}
  void notify();

  const std::shared_ptr<Cancel> parent_;   ///< null for a root; kept alive by what lies under it
  std::list<Cancel*>::iterator position_;  ///< in the parent's children; valid if there is a parent
  bool requested_ = false;
  CancelReason reason_ = CancelReason::stop;
  StopLevel level_ = StopLevel::none;
  std::list<std::function<void()>> callbacks_;
  int notifying_ = 0;            ///< depth of notify(): meanwhile callbacks are emptied, not erased
  std::list<Cancel*> children_;  ///< each removes itself
};

using CancelPtr = std::shared_ptr<Cancel>;

/// Thrown by an operation that ended because its node was cancelled. Not an Error: no pcall of a
/// recipe may swallow it.
struct Cancelled : std::exception {
  CancelReason reason;
  explicit Cancelled(CancelReason why) : reason(why) {}
  const char* what() const noexcept override { return "cancelled"; }
};

}  // namespace runbook
