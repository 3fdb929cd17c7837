#include "engine/io/process_table.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "engine/base/file.h"

namespace runbook {

namespace {

// Files of /proc have no size: read until the end. nullopt if it cannot be opened or read.
std::optional<std::string> read_proc(const std::string& path) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    return std::nullopt;
  }
  std::string content;
  char buffer[4096];
  for (;;) {
    const ssize_t count = read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return std::nullopt;  // the process ended meanwhile
    }
    if (count == 0) {
      return content;
    }
    content.append(buffer, static_cast<std::size_t>(count));
  }
}

// "12 (a (strange) name) S ppid group session …": the name may hold anything, so begin after the
// last ')'.
std::optional<ProcessEntry> parse_stat(int pid, std::string_view text) {
  constexpr int kState = 3, kGroup = 5, kSession = 6, kStartTime = 22;  // as numbered in proc(5)
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos || name_end + 2 >= text.size()) {
    return std::nullopt;
  }
  text.remove_prefix(name_end + 2);
  ProcessEntry entry{.pid = pid};
  for (int field = kState; field <= kStartTime && !text.empty(); ++field) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (field == kState) {
      entry.state = word[0];
    } else if (field == kGroup) {
      std::from_chars(word.data(), word.data() + word.size(), entry.group);
    } else if (field == kSession) {
      std::from_chars(word.data(), word.data() + word.size(), entry.session);
    } else if (field == kStartTime) {
      std::from_chars(word.data(), word.data() + word.size(), entry.start_time);
    }
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return entry;
}

}  // namespace

std::optional<ProcessEntry> find_process(int pid) {
  const std::optional<std::string> text = read_proc("/proc/" + std::to_string(pid) + "/stat");
  return text ? parse_stat(pid, *text) : std::nullopt;
}

std::vector<ProcessEntry> list_processes() {
  std::vector<ProcessEntry> entries;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc"), closedir);
  if (!folder) {
    return entries;
  }
  while (const dirent* item = readdir(folder.get())) {
    const std::string_view name = item->d_name;
    int pid = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (failure != std::errc() || end != name.data() + name.size()) {
      continue;
    }
    if (const std::optional<ProcessEntry> entry = find_process(pid)) {
      entries.push_back(*entry);
    }
  }
  return entries;
}

bool is_group_alive(int group) {
  if (kill(-group, 0) != 0 && errno == ESRCH) {
    return false;
  }
  return std::ranges::any_of(list_processes(), [group](const ProcessEntry& entry) {
    return entry.group == group && entry.is_alive();
  });
}

std::optional<std::string> environment_of(int pid, std::string_view variable) {
  const std::optional<std::string> text = read_proc("/proc/" + std::to_string(pid) + "/environ");
  if (!text) {
    return std::nullopt;
  }
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::string_view entry = rest.substr(0, rest.find('\0'));
    if (entry.size() > variable.size() && entry.starts_with(variable) &&
        entry[variable.size()] == '=') {
      return std::string(entry.substr(variable.size() + 1));
    }
    rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
  }
  return std::nullopt;
}

std::vector<std::string> arguments_of(int pid) {
  const std::string text = read_proc("/proc/" + std::to_string(pid) + "/cmdline").value_or("");
  std::vector<std::string> arguments;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\0', begin), text.size());
    arguments.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return arguments;
}

std::string boot_id() {
  std::string text = read_proc("/proc/sys/kernel/random/boot_id").value_or("");
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text;
}

unsigned long long ticks_since_boot() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  const auto per_second = static_cast<unsigned long long>(sysconf(_SC_CLK_TCK));
  return static_cast<unsigned long long>(now.tv_sec) * per_second +
         static_cast<unsigned long long>(now.tv_nsec) * per_second / 1'000'000'000ULL;
}

}  // namespace runbook
