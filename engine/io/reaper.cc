#include "engine/io/reaper.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/base/error.h"
#include "engine/io/launcher.h"
#include "engine/io/process_table.h"

namespace runbook {

using std::chrono::milliseconds;

// ---- the engine's side ----

namespace {

constexpr std::string_view kReady = "ready\n";

[[noreturn]] void fail(const std::string& why) {
  throw Error(Code::spawn_failed, "cannot start the reaper: " + why).with_effect(EffectDone::none);
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(fd, text.data(), text.size());
    if (count < 0 && errno != EINTR) {
      return;  // the other side is gone: whoever needs it alive asks it for an answer
    }
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
}

std::string read_line(int fd) {
  std::string line;
  char byte = 0;
  while (line.empty() || line.back() != '\n') {
    const ssize_t count = read(fd, &byte, 1);
    if (count == 1) {
      line.push_back(byte);
    } else if (count == 0 || errno != EINTR) {
      break;
    }
  }
  return line;
}

struct ReaperPipe {
  FileDescriptor read_end;
  FileDescriptor write_end;
};

ReaperPipe make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    fail(strerror(errno));
  }
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

}  // namespace

Reaper::Reaper(std::filesystem::path lock_path, std::string run_id, std::filesystem::path program,
               milliseconds grace)
    : lock_path_(std::move(lock_path)),
      run_id_(std::move(run_id)),
      program_(std::move(program)),
      grace_(grace) {
  RB_CHECK(lock_path_.is_absolute());
}

Reaper::~Reaper() = default;

int Reaper::pipe() {
  if (!pipe_.valid()) {
    start();
  }
  return pipe_.get();
}

void Reaper::forget(int pgid) {
  write_all(pipe_.get(), fmt::format("-{}\n", pgid));
}

void Reaper::start() {
  ReaperPipe groups = make_pipe();
  ReaperPipe answer = make_pipe();
  const FileDescriptor null(open("/dev/null", O_RDWR | O_CLOEXEC));
  // Within another run's child this one may itself be found by RUNBOOK_RUN_ID: the mark says that
  // it is to be waited for, not ended.
  const std::string mark = "RUNBOOK_REAPER=" + run_id_;
  std::vector<const char*> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    environment.push_back(*entry);
  }
  environment.push_back(mark.c_str());
  environment.push_back(nullptr);
  const std::string grace = std::to_string(grace_.count());
  const char* const arguments[] = {"runbook",       "__reaper",    lock_path_.c_str(),
                                   run_id_.c_str(), grace.c_str(), nullptr};
  LaunchPlan plan;
  plan.executable = program_.c_str();
  plan.argv = arguments;
  plan.envp = environment.data();
  plan.cwd = "/";
  plan.streams[0] = groups.read_end.get();
  plan.streams[1] = answer.write_end.get();
  plan.streams[2] = null.get();
  const Launched launched = launch(plan);
  if (launched.error != 0) {
    fail(fmt::format("{}: {}", stage_text(launched.stage), strerror(launched.error)));
  }
  const FileDescriptor pidfd(launched.pidfd);
  answer.write_end.reset();
  const std::string line = read_line(answer.read_end.get());
  if (line != kReady) {
    fail(line.empty() ? "it ended at once" : line.substr(0, line.size() - 1));
  }
  pipe_ = std::move(groups.write_end);
}

Task<void> wait_for_children(Loop& loop, std::filesystem::path lock_path,
                             std::function<void(const std::string& holder)> waiting,
                             CancelPtr cancel) {
  constexpr milliseconds kLongest{50};
  constexpr milliseconds kPatience{200};
  milliseconds interval{1};
  milliseconds waited{0};
  std::string told;
  while (FileLock::holder_pid(lock_path) != 0) {
    // The reaper writes what it waits for a moment after it took over, and whenever that changes.
    std::string holder = waited >= kPatience ? read_file(lock_path) : std::string();
    if (!holder.empty() && holder != told) {
      told = std::move(holder);
      waiting(told);
    }
    co_await loop.sleep(interval, cancel);
    waited += interval;
    interval = std::min(interval * 2, kLongest);
  }
}

// ---- the reaper's side ----

namespace {

class ChildrenLock {
 public:
  /// False if somebody else holds it.
  bool acquire(const std::string& path) {
    file_ = FileDescriptor(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    struct flock whole = {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    return file_.valid() && fcntl(file_.get(), F_SETLK, &whole) == 0;
  }
  /// Says who holds it and why. Through the one descriptor: closing another one of this file would
  /// drop the lock.
  void describe(std::string_view text) {
    if (text != text_ && ftruncate(file_.get(), 0) == 0 && lseek(file_.get(), 0, SEEK_SET) == 0) {
      write_all(file_.get(), text);
      text_ = text;
    }
  }

 private:
  FileDescriptor file_;
  std::string text_;
};

/// The groups it was told of, each with the time it was told: a leader that began later is a
/// stranger with a reused number.
class Groups {
 public:
  void feed(std::string_view chunk) {
    const unsigned long long now = ticks_since_boot();
    pending_.append(chunk);
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = pending_.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      int group = 0;
      std::from_chars(pending_.data() + begin + 1, pending_.data() + end, group);
      if (pending_[begin] == '+') {
        was_told_ = true;
        told_[group] = now;
      } else {
        told_.erase(group);
      }
    }
    pending_.erase(0, begin);
  }
  bool was_told() const { return was_told_; }
  bool contains(const ProcessEntry& entry) const {
    const auto found = told_.find(entry.group);
    if (found == told_.end()) {
      return false;
    }
    const std::optional<ProcessEntry> leader = find_process(entry.group);
    return !leader || leader->start_time <= found->second;
  }

 private:
  std::map<int, unsigned long long> told_;
  std::string pending_;
  bool was_told_ = false;
};

// Reads until the engine is gone. A busy engine must not pay for waking us at every child: after
// some news we look again 100 ms later, or when the pipe closes.
Groups read_groups(int pipe) {
  constexpr int kPauseMs = 100;
  Groups groups;
  fcntl(pipe, F_SETFL, O_NONBLOCK);
  char buffer[4096];
  for (bool news = false;;) {
    const ssize_t count = read(pipe, buffer, sizeof buffer);
    if (count > 0) {
      groups.feed({buffer, static_cast<std::size_t>(count)});
      news = true;
      continue;
    }
    if (count == 0) {
      return groups;
    }
    pollfd entry{.fd = pipe, .events = static_cast<short>(news ? 0 : POLLIN), .revents = 0};
    poll(&entry, 1, news ? kPauseMs : -1);
    news = false;
  }
}

struct Survivors {
  std::vector<ProcessEntry> members;  // of the groups it was told of, and escapees
  std::vector<ProcessEntry> reapers;  // of runs started within this one: they end by themselves
  bool none() const { return members.empty() && reapers.empty(); }
};

Survivors find_survivors(const Groups& groups, const std::string& run_id) {
  Survivors survivors;
  for (const ProcessEntry& entry : list_processes()) {
    if (!entry.is_alive() || entry.pid == getpid()) {
      continue;
    }
    const bool is_member = groups.contains(entry);
    const bool is_escapee = !is_member && environment_of(entry.pid, "RUNBOOK_RUN_ID") == run_id &&
                            !environment_of(entry.pid, "RUNBOOK_SERVICE");
    if (!is_member && !is_escapee) {
      continue;
    }
    const bool is_reaper = environment_of(entry.pid, "RUNBOOK_REAPER").has_value();
    (is_reaper ? survivors.reapers : survivors.members).push_back(entry);
  }
  return survivors;
}

std::string describe(const Survivors& survivors) {
  std::string text = "ends processes of the previous session: pids ";
  std::string_view separator;
  for (const auto* entries : {&survivors.members, &survivors.reapers}) {
    for (const ProcessEntry& entry : *entries) {
      text += fmt::format("{}{}", separator, entry.pid);
      separator = ", ";
    }
  }
  return text;
}

void pause(milliseconds duration) {
  const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count();
  const timespec time{.tv_sec = nanoseconds / 1'000'000'000,
                      .tv_nsec = nanoseconds % 1'000'000'000};
  nanosleep(&time, nullptr);
}

// Until none is left (true) or the time is over. What appears after the first look was started to
// clean up: it gets the next signal, but none of this kind; from SIGKILL nothing is spared.
bool end_with(int signal, milliseconds limit, const Groups& groups, const std::string& run_id,
              ChildrenLock& lock) {
  milliseconds interval{2};
  for (milliseconds waited{0}; waited < limit; waited += interval) {
    const Survivors survivors = find_survivors(groups, run_id);
    if (survivors.none()) {
      return true;
    }
    lock.describe(describe(survivors));
    if (waited.count() == 0 || signal == SIGKILL) {
      for (const ProcessEntry& entry : survivors.members) {
        kill(entry.pid, signal);
        kill(entry.pid, SIGCONT);
      }
    }
    pause(interval);
    interval = std::min(interval * 2, milliseconds{50});
  }
  return false;
}

}  // namespace

int reaper_main(const std::vector<std::string>& arguments) {
  milliseconds grace{0};
  if (arguments.size() == 3) {
    long count = 0;
    std::from_chars(arguments[2].data(), arguments[2].data() + arguments[2].size(), count);
    grace = milliseconds(count);
  }
  if (grace.count() <= 0) {
    return 2;
  }
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) {
    ::signal(signal, SIG_IGN);
  }
  const std::string& run_id = arguments[1];
  ChildrenLock lock;
  if (!lock.acquire(arguments[0])) {
    write_all(STDOUT_FILENO, fmt::format("{} is held by pid {}\n", arguments[0],
                                         FileLock::holder_pid(arguments[0])));
    return 1;
  }
  lock.describe(fmt::format("watches the processes of run {}: pid {}", run_id, getpid()));
  write_all(STDOUT_FILENO, kReady);
  close(STDOUT_FILENO);
  const Groups groups = read_groups(STDIN_FILENO);
  if (!groups.was_told()) {
    return 0;
  }
  constexpr milliseconds kRepeat{500};
  if (end_with(SIGINT, grace, groups, run_id, lock) ||
      end_with(SIGTERM, grace, groups, run_id, lock)) {
    return 0;
  }
  while (!end_with(SIGKILL, kRepeat, groups, run_id, lock)) {
  }
  return 0;
}

}  // namespace runbook
