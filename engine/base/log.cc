#include "engine/base/log.h"

#include <spdlog/spdlog.h>

#include <cstdlib>
#include <memory>

#include <spdlog/sinks/stdout_sinks.h>

namespace runbook {

namespace {

/// Off unless RUNBOOK_LOG names a level (debug, warning): what a user is told goes through the
/// view.
spdlog::logger& host_log() {
  static const std::shared_ptr<spdlog::logger> log = [] {
    auto made = std::make_shared<spdlog::logger>("runbook",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    const char* level = std::getenv("RUNBOOK_LOG");
    made->set_level(level == nullptr ? spdlog::level::off : spdlog::level::from_str(level));
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    return made;
  }();
  return *log;
}

}  // namespace

void log_debug(std::string_view message) {
  host_log().debug("{}", message);
}

void log_warning(std::string_view message) {
  host_log().warn("{}", message);
}

}  // namespace runbook
