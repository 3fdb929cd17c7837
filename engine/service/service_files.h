#pragma once
// The files by which the engine and a supervisor talk, in runs/<id>/services/. All 0600.
//
//   <name>.spec    engine → supervisor: what to run; holds secrets, removed once read
//   <name>.lock    held by the supervisor as long as it lives; its content names it
//   <name>.status  supervisor → engine: {v, pid, start_time, boot, since, exit, signal}
//   <name>.log     what the service prints, secrets masked

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/clock.h"
#include "engine/service/service.h"

namespace runbook {

struct ServiceFiles {
  std::filesystem::path spec, lock, status, log;
  static ServiceFiles in(const std::filesystem::path& folder, const std::string& name);
};

/// What a supervisor is told.
struct ServiceOrder {
  ServiceSpec spec;
  std::string run_id;
  std::vector<std::pair<std::string, std::string>> secrets;  ///< name, value: to be masked
};
void write_order(const std::filesystem::path& path, const ServiceOrder& order);
/// Reads it and removes the file.
ServiceOrder take_order(const std::filesystem::path& path);

/// One life of the service's process, as its supervisor wrote it down.
struct ServiceRecord {
  int pid = 0;
  std::string start_time, boot;
  Timestamp since = 0;  ///< started, or ended
  std::optional<int> exit, signal;
  bool has_ended() const { return exit || signal; }
};
void write_record(const std::filesystem::path& path, const ServiceRecord& record);
/// nullopt if it was never written.
std::optional<ServiceRecord> read_record(const std::filesystem::path& path);

/// True if the process the record speaks of lives: pid, start time and boot must all agree.
bool is_alive(const ServiceRecord& record);

}  // namespace runbook
