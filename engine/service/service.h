#pragma once
// Services: background processes a run starts, watches and can stop; they outlive the engine
// (design §3.3). A supervisor, this program again (`runbook __service`), takes an OS lock on
// runs/<id>/services/<name>.lock *before* it executes the service, writes its log and its exit
// status, and answers to the engine through files only.

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/io/loop.h"

namespace runbook {

/// Recorded in the journal as JSON ({name, argv, cwd, port, pid, start_time, boot, restart,
/// ready}); secrets as references.
struct ServiceSpec {
  std::string name;
  std::vector<std::string> argv;
  std::string cwd;
  std::vector<std::pair<std::string, std::string>> env;
  int port = 0;                   ///< chosen; 0 = it has none
  std::string restart = "never";  ///< "never" | "on-resume" (restarted at resume if gone) |
                                  ///< "always" (also by its supervisor: after 1 s, growing to 30 s)
  std::chrono::milliseconds grace{10'000};
};

struct ServiceStatus {
  bool running = false;
  bool supervised = false;  ///< its supervisor lives: it runs, is about to, or will be restarted
  int pid = 0;              ///< of the service itself
  std::string start_time;   ///< /proc/<pid>/stat field 22, with boot id: tells a reused pid
  std::string boot;
  std::optional<int> exit, signal;  ///< if it ended
  Timestamp since = 0;              ///< started, or ended
};

class Services {
 public:
  /// `program` is an executable whose main() knows the command `__service`.
  Services(Loop& loop, std::filesystem::path run_folder, std::string run_id,
           std::filesystem::path program = "/proc/self/exe");
  ~Services();
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  /// Starts supervisor and service; returns once the supervisor has executed it.
  /// Error(Code::program_not_found | spawn_failed | option_invalid), effect none. REQUIRES:
  /// status(name).running is false. What an earlier life of it left behind is killed first.
  Task<ServiceStatus> start(ServiceSpec spec);
  /// Asked by start(): name and value of every secret of the run, masked in the service's log.
  std::function<std::vector<std::pair<std::string, std::string>>()> secrets;
  /// Awaited by stop() before it acts: the run records durably that it does without this service,
  /// or a crash in the middle would leave a resume asking for what the recipe wanted gone.
  std::function<Task<void>(std::string name)> on_stopping;
  /// Called by start() and stop() when it happened: the run records service.started and
  /// service.ended.
  std::function<void(const ServiceSpec& spec, const ServiceStatus& status)> on_started;
  std::function<void(const std::string& name, const ServiceStatus& status)> on_ended;

  /// Tells the run (on_started) of a service that a dead session started without saying so.
  void adopt(const ServiceSpec& spec);

  /// From the lock, the status file and /proc: what is true now, also for services of a dead
  /// engine.
  ServiceStatus status(const std::string& name);
  /// INT, grace, TERM, grace, KILL to its process group; returns when it is gone. Not running:
  /// nothing.
  Task<void> stop(std::string name, std::chrono::milliseconds grace);
  std::filesystem::path log_path(const std::string& name) const;
  /// The last `count` lines of its log.
  std::vector<std::string> last_lines(const std::string& name, std::size_t count) const;
  std::vector<std::string> names() const;  ///< of this run, from its folder

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A TCP port on 127.0.0.1 that nothing listens on now.
int free_port();
/// main() of the hidden command `runbook __service FILE` (the spec as JSON, 0600).
int supervisor_main(const std::vector<std::string>& arguments);

}  // namespace runbook
