#pragma once
// One small process per engine that outlives it for a moment: told of every process group before it
// executes, it ends those still alive when the engine is gone (INT, grace, TERM, KILL; escapees
// found by RUNBOOK_RUN_ID in their environment) and holds `children.lock` until none is left, so
// that no new session acts beside them (design §3.4).

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/file.h"

namespace runbook {

class Reaper {
 public:
  /// Starts `runbook __reaper` (this executable) and returns once it holds the lock.
  /// Error(Code::spawn_failed).
  Reaper(const std::filesystem::path& lock_path, const std::string& run_id);
  ~Reaper();  ///< closes the pipe; the reaper ends by itself once its groups are empty
  /// The descriptor a child writes its group to before exec ("+<pgid>\n"); the engine writes
  /// "-<pgid>\n" at its end.
  int pipe() const;
  void forget(int pgid);

 private:
  FileDescriptor pipe_;
};

/// main() of the hidden command `runbook __reaper LOCK RUN_ID`. stdin is the pipe.
int reaper_main(const std::vector<std::string>& arguments);

/// Waits until nobody holds `lock_path`, calling `waiting(pids)` once if somebody does (text of the
/// holder).
void wait_for_children(const std::filesystem::path& lock_path,
                       void (*waiting)(const std::string& holder));

}  // namespace runbook
