#pragma once
// One small process per engine that outlives it for a moment: told of every process group before it
// executes, it ends those still alive when the engine is gone (INT, grace, TERM, grace, KILL;
// escapees found by RUNBOOK_RUN_ID in their environment) and holds `children.lock` until none is
// left, so that no new session acts beside them (design §3.4).

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "engine/io/loop.h"

namespace runbook {

class Reaper {
 public:
  /// Nothing is started before the first child needs it: most commands never do. `program` is an
  /// executable whose main() knows the command `__reaper`.
  Reaper(std::filesystem::path lock_path, std::string run_id,
         std::filesystem::path program = "/proc/self/exe",
         std::chrono::milliseconds grace = std::chrono::seconds{10});
  ~Reaper();  ///< closes the pipe; the reaper ends by itself once its groups are empty
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;

  /// The descriptor a child writes its group to before exec ("+<pgid>\n"). The first call starts
  /// the reaper and returns once it holds the lock: Error(Code::spawn_failed), effect none.
  int pipe();
  /// Writes "-<pgid>\n": the group is empty, its number may be reused. REQUIRES: pipe() was called.
  void forget(int pgid);

 private:
  void start();

  std::filesystem::path lock_path_;
  std::string run_id_;
  std::filesystem::path program_;
  std::chrono::milliseconds grace_;
  FileDescriptor pipe_;
};

/// main() of the hidden command `runbook __reaper LOCK RUN_ID GRACE_MS`. stdin is the pipe, stdout
/// gets one line.
int reaper_main(const std::vector<std::string>& arguments);

/// Waits until nobody holds `lock_path`. If that takes longer than a moment, calls `waiting` once
/// with the text of the holder: "ends processes of the previous session: pids 12, 13". Throws
/// Cancelled.
Task<void> wait_for_children(Loop& loop, std::filesystem::path lock_path,
                             std::function<void(const std::string& holder)> waiting,
                             CancelPtr cancel);

}  // namespace runbook
