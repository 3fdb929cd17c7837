#pragma once
// Child processes: argv only, on Boost.Process v2 with a launcher of our own (vfork, setsid,
// close_range). Each child has its own session, inherits nothing but its three streams, and dies
// with the engine (reaper.h). A child is done when it exited and its pipes are at end of file, or
// the drain limit passed.

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/loop.h"

namespace runbook {

enum class Stream { out, err };

struct ProcessSpec {
  std::vector<std::string>
      argv;  ///< argv[0] is looked up on PATH of `env` (else ours) unless it holds a slash
  std::filesystem::path cwd;  ///< absolute
  std::vector<std::pair<std::string, std::string>>
      env;                         ///< added to or replacing the inherited environment
  std::vector<std::string> unset;  ///< removed from it
  std::string input;               ///< what it reads from stdin; empty = /dev/null
  std::string attached;      ///< if not empty: what it reads from /dev/fd/3 (a script, so that
                             ///< no secret in it stands in argv)
  bool interactive = false;  ///< the child gets the terminal itself; nothing is captured
  std::chrono::milliseconds timeout{0};  ///< 0 = none
  std::chrono::milliseconds grace{
      10'000};  ///< between INT, TERM and KILL when timed out or cancelled
  std::chrono::milliseconds drain{1'000};  ///< after exit, for pipes that a grandchild still holds
  std::size_t capture = std::size_t{64}
                        << 20;  ///< bytes kept of each stream; beyond that: `truncated`
  /// Every line as it comes, without its newline (the last one may lack it in the source); bytes,
  /// not checked for UTF-8. A line longer than 1 MiB is delivered in pieces.
  std::function<void(Stream, std::string_view line)> on_line;
};

struct ProcessResult {
  std::optional<int> exit;    ///< exit status, if it exited
  std::optional<int> signal;  ///< signal number, if one ended it
  bool timed_out = false;
  bool cancelled = false;  ///< its Cancel node was requested before it ended
  bool signalled = false;  ///< we sent it a signal (so only exit 0 proves that it ended by itself)
  bool drained = true;     ///< false: the drain limit passed while somebody held its pipes
  bool truncated = false;  ///< a stream exceeded `capture`; its beginning is kept
  std::string out;
  std::string err;
  std::chrono::milliseconds duration{0};
  int pid = 0;
};

class Reaper;

class Processes {
 public:
  /// `reaper` may be null (tests); `base_env` is added to every child (RUNBOOK_RUN_ID …).
  Processes(Loop& loop, Reaper* reaper, std::vector<std::pair<std::string, std::string>> base_env);
  ~Processes();  ///< REQUIRES: no child is running (the loop has unwound)

  /// Runs to the end. Throws Error(Code::program_not_found | spawn_failed), effect none, if nothing
  /// was executed; a non-zero exit, a timeout and a cancellation are results, for the caller to
  /// judge. A `cancel` (may be null) requested beforehand: nothing is executed and Cancelled is
  /// thrown; never afterwards: a child that runs is waited for. Whatever `on_line` throws ends the
  /// child and is rethrown.
  Task<ProcessResult> run(ProcessSpec spec, CancelPtr cancel);

  /// Called with true before an interactive child gets the terminal, and with false once it gave it
  /// back.
  std::function<void(bool taken)> on_terminal;

  /// pids of the children alive now.
  std::vector<int> alive() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The absolute path of a program as execvp would find it; nullopt if it is nowhere. Relative
/// entries of PATH are skipped: they would mean another place in every working directory.
std::optional<std::filesystem::path> find_program(std::string_view name,
                                                  std::string_view path_variable);

}  // namespace runbook
