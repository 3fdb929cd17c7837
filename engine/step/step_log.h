#pragma once
// The logs of a run's steps: runs/<id>/logs/<ordinal>-<slug>.<attempt>.log, 0600, redacted, a time
// before each line.

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "engine/base/clock.h"
#include "engine/base/file.h"
#include "engine/base/secret.h"

namespace runbook {

/// "0004-fund-the-team-0xabc.2.log" for the fourth step begun in the run.
std::string step_log_name(std::size_t ordinal, std::string_view path, std::uint32_t attempt);

class StepLogs {
 public:
  /// An empty folder path: nothing is kept (tests). Files are opened at the first line and closed
  /// by close().
  StepLogs(std::filesystem::path folder, const Redactor& redactor, Clock& clock);
  /// `stream` is "out", "err" or "log". A log that cannot be written is said once in the debug log:
  /// the run goes on.
  void write(std::size_t ordinal, std::string_view path, std::uint32_t attempt,
             std::string_view stream, std::string_view line);
  void close(std::size_t ordinal);

 private:
  std::filesystem::path folder_;
  const Redactor& redactor_;
  Clock& clock_;
  bool complained_ = false;
  struct Open {
    std::uint32_t attempt = 0;
    FileDescriptor file;
  };
  std::map<std::size_t, Open> open_;  ///< by the step's ordinal: the log of its latest attempt
};

}  // namespace runbook
