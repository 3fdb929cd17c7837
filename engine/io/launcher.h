#pragma once
// The system calls between "run this" and exec: a vfork-style clone, its own session, nothing
// inherited but its streams, the reaper told before the program can act. No Asio, no allocation
// in the child.

namespace runbook {

/// All pointers and descriptors stay the caller's and must outlive the call.
struct LaunchPlan {
  const char* executable = nullptr;  ///< path; a relative one starts at `cwd`
  const char* const* argv = nullptr;
  const char* const* envp = nullptr;
  const char* cwd = nullptr;  ///< null = ours
  int streams[3] = {0, 1, 2};
  int attached = -1;     ///< ≥ 0: becomes descriptor 3
  int report = -1;       ///< gets "+<group>\n" before exec; -1 = nobody is told
  int death_signal = 0;  ///< sent to it when the thread that launched it ends; 0 = none
  int terminal = -1;  ///< ≥ 0: no session of its own; its group becomes this terminal's foreground
};

enum class LaunchStage { clone, session, report, terminal, streams, directory, parent, execute };

struct Launched {
  int pid = -1;    ///< also its process group; set on failure too once the reaper may know it
  int pidfd = -1;  ///< close-on-exec; -1 on failure
  int error = 0;   ///< errno; 0 = the program is executing
  LaunchStage stage = LaunchStage::clone;
};

/// Returns when the program executes, or never will. The child begins with default dispositions and
/// an empty signal mask. On failure nothing is left behind.
Launched launch(const LaunchPlan& plan);

/// What a stage means for people: "its working directory cannot be entered".
const char* stage_text(LaunchStage stage);

}  // namespace runbook
