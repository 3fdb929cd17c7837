#pragma once
// The journal of one run: appends in memory, applies, and makes durable. Loop thread, but for the
// writer thread inside.
//
// Commits happen when somebody awaits durable(), when the loop is idle (flush), or 5 ms after the
// first pending event; the writer never waits to gather: while one commit is in flight the next
// batch collects. A failed write is final: every later append, durable and on_store throws
// Error(Code::journal_unwritable) (or the store's own code), and the failure handler is called
// once.

#include <functional>
#include <memory>
#include <string>

#include "engine/base/error.h"
#include "engine/io/loop.h"
#include "engine/journal/run_state.h"
#include "engine/store/store.h"

namespace runbook {

/// Points at which tests cut the power. `before_append` and `after_append` run on the loop thread,
/// `after_commit` on the writer.
struct JournalHooks {
  std::function<void(Sequence)> before_append, after_append, after_commit;
  /// Each event is a batch of its own, so that a cut may fall between any two (on_loop only).
  bool commit_each = false;
};

class Journal {
 public:
  enum class Writer {
    thread,
    on_loop
  };  ///< on_loop: commits run on the caller, for tests on memory stores

  /// Reads and folds all events of `run` (which must exist), checking the chain against the run's
  /// row: Error(Code::journal_corrupt) naming the sequence. `store` must outlive it and is used by
  /// it alone.
  Journal(Loop& loop, Store& store, std::string run, Writer writer, JournalHooks hooks = {});
  ~Journal();  ///< close()

  const RunState& state() const;
  const std::string& run() const;

  /// Numbers, stamps, applies and queues an event; returns its sequence. Not durable yet.
  Sequence append(Payload payload, std::string step = {}, std::uint32_t attempt = 0);
  /// Keeps `content` with the next commit, before or with the events appended after it; returns its
  /// sha256 in hex.
  std::string put_blob(std::string content);
  /// Returns once everything appended so far is durable; at once if it is.
  Task<void> durable();
  bool is_durable() const;
  /// Starts a commit of what is pending, if none is in flight. The loop's idle hook.
  void flush();
  /// Runs `work` with the store between two commits, after everything appended so far is durable,
  /// and rethrows what it throws.
  Task<void> on_store(std::function<void(Store&)> work);

  /// `observer` sees every event from now on, in order, after it is durable, on the loop thread.
  void observe(std::function<void(const Event&)> observer);
  void on_failure(std::function<void(const Error&)> handler);
  /// Commits what is pending (on this thread, waiting) and ends the writer. Observers see the rest.
  /// Throws like durable().
  void close();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// Reads and folds without driving: for status, runs, show. Same errors.
RunState read_run_state(Store& store, std::string_view run);
/// Appends events to a run that nobody drives (mark, skip …); the caller holds the run lock.
void append_directly(Store& store, std::string_view run, Clock& clock,
                     const std::vector<Event>& events);

}  // namespace runbook
