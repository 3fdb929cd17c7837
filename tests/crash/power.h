#pragma once
// The switch: when the power is cut, the store refuses every access and the world every effect.
// What is left of the session is a harmless zombie, which the failing journal ends.

#include <functional>
#include <memory>
#include <string>

#include "engine/journal/journal.h"
#include "engine/store/store.h"

namespace runbook {

class Power {
 public:
  bool on() const { return on_ && !(gone_ && gone_()); }
  void cut() { on_ = false; }
  void restore() { on_ = true; }
  /// A disk that may die by itself takes the power with it.
  void tie(std::function<bool()> gone) { gone_ = std::move(gone); }
  /// Throws Error(Code::journal_unwritable) if it is cut.
  void require() const;

 private:
  bool on_ = true;
  std::function<bool()> gone_;
};

/// Where a session's power is cut.
struct Cut {
  enum class Point {
    never,
    before_append,
    after_append,
    after_commit,
    after_effect,
    failing_write,   ///< no cut: the store can be written so many times, and no more
    disk_operation,  ///< before the n-th write or sync of the disk (SQLite only)
  };
  Point point = Point::never;
  std::uint64_t at = 0;  ///< the event's sequence, or how many effects or writes there were

  bool counts_events() const;

  std::string text() const;
};

/// The hooks that make the cut; those of after_effect are the world's.
JournalHooks hooks_of(const Cut& cut, Power& power);

/// `store` behind the switch. Both must outlive it.
std::unique_ptr<Store> make_powered_store(Store& store, const Power& power);

}  // namespace runbook
