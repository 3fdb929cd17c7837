#include "engine/step/step_log.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include "engine/base/log.h"
#include "engine/base/path.h"

namespace runbook {

std::string step_log_name(std::size_t ordinal, std::string_view path, std::uint32_t attempt) {
  return fmt::format("{:04}-{}.{}.log", ordinal, path_slug(path), attempt);
}

StepLogs::StepLogs(std::filesystem::path folder, const Redactor& redactor, Clock& clock)
    : folder_(std::move(folder)), redactor_(redactor), clock_(clock) {}

void StepLogs::write(std::size_t ordinal, std::string_view path, std::uint32_t attempt,
                     std::string_view stream, std::string_view line) {
  if (folder_.empty()) {
    return;
  }
  Open& log = open_[ordinal];
  if (!log.file.valid() || log.attempt != attempt) {
    make_private_directory(folder_);
    const std::filesystem::path name = folder_ / step_log_name(ordinal, path, attempt);
    log = {attempt,
           FileDescriptor(::open(name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600))};
  }
  const std::string text =
      fmt::format("{} {} {}\n", format_timestamp(clock_.now()), stream, redactor_.redact(line));
  if (::write(log.file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) &&
      !complained_) {
    complained_ = true;
    log_warning(fmt::format("cannot write step logs in {}", folder_.string()));
  }
}

void StepLogs::close(std::size_t ordinal) {
  open_.erase(ordinal);
}

}  // namespace runbook
