// The process between an engine and a service. It outlives the engine; the service does not outlive
// it (PDEATHSIG): so "the lock is free" means "the service is gone or about to be".
//
// SIGTERM asks it to end the service: sent with sigqueue, its value is the grace in milliseconds
// between INT, TERM and KILL.

#include <errno.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "engine/base/file.h"
#include "engine/base/secret.h"
#include "engine/io/process_table.h"
#include "engine/io/program.h"
#include "engine/service/service_files.h"

namespace runbook {

namespace {

using std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr milliseconds kShortestRest{1'000};
constexpr milliseconds kLongestRest{30'000};
constexpr milliseconds kLookAgain{20};  // at a group that is being ended
constexpr int kReadsAtOnce = 16;        // a service that never pauses must not keep us from signals

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(fd, text.data(), text.size());
    if (count < 0 && errno != EINTR) {
      return;  // a full disk must not end the service; an engine that is gone needs no answer
    }
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
}

/// What the service prints, with its secrets masked, appended to its log.
class ServiceLog {
 public:
  ServiceLog(const std::filesystem::path& path,
             const std::vector<std::pair<std::string, std::string>>& secrets)
      : file_(open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)),
        stream_(redactor_) {
    for (const auto& [name, value] : secrets) {
      redactor_.add(name, value);
    }
  }
  void write(std::string_view chunk) { write_all(file_.get(), stream_.write(chunk)); }
  void finish() { write_all(file_.get(), stream_.finish()); }

 private:
  FileDescriptor file_;
  Redactor redactor_;
  Redactor::Stream stream_;
};

class Supervisor {
 public:
  Supervisor(ServiceOrder order, ServiceFiles files, int signals)
      : order_(std::move(order)),
        files_(std::move(files)),
        signals_(signals),
        log_(files_.log, order_.secrets),
        environment_(Environment::inherited()) {
    environment_.unset("RUNBOOK_RUN_ID");
    for (const auto& [name, value] : order_.spec.env) {
      environment_.set(name, value);
    }
    environment_.set("RUNBOOK_SERVICE", order_.spec.name);
    environment_.set("RUNBOOK_SERVICE_OF", order_.run_id);
  }

  /// Throws Error if it cannot be executed.
  void start();
  /// Until the service has ended for good.
  void watch();

 private:
  enum class State { running, ending, resting, done };

  void read_output();
  void read_signal();
  void on_time();
  void on_exit();
  void look_at_group();
  void end_group(StopLevel first, milliseconds grace);
  void escalate();
  void rest();
  milliseconds time_left();

  ServiceOrder order_;
  ServiceFiles files_;
  int signals_;
  ServiceLog log_;
  Environment environment_;
  SystemClock clock_;

  State state_ = State::running;
  ServiceRecord record_;
  FileDescriptor pidfd_;
  FileDescriptor output_;
  bool exited_ = false;
  bool stopping_ = false;  // asked to: no restart
  StopLevel sent_ = StopLevel::none;
  milliseconds grace_{0};
  milliseconds rest_ = kShortestRest;
  SteadyTime started_;
  SteadyTime deadline_ = SteadyTime::max();  // of the next signal, or of the rest
};

void Supervisor::start() {
  const ServiceSpec& spec = order_.spec;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    throw_spawn_failed(spec.argv.front(), "no pipe", errno);
  }
  FileDescriptor read_end(ends[0]);
  const FileDescriptor write_end(ends[1]);
  fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
  const FileDescriptor null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const std::string program =
      locate_program(spec.argv.front(), environment_.value_or("PATH", kDefaultPath));
  const std::vector<const char*> arguments = argument_pointers(spec.argv);
  LaunchPlan plan;
  plan.executable = program.c_str();
  plan.argv = arguments.data();
  plan.envp = environment_.pointers();
  plan.cwd = spec.cwd.c_str();
  plan.streams[0] = null.get();
  plan.streams[1] = write_end.get();
  plan.streams[2] = write_end.get();
  plan.death_signal = SIGKILL;
  const Launched launched = launch(plan);
  if (launched.error != 0) {
    throw_launch_failed(spec.argv.front(), plan, launched);
  }
  pidfd_ = FileDescriptor(launched.pidfd);
  output_ = std::move(read_end);
  const std::optional<ProcessEntry> process = find_process(launched.pid);
  record_ = ServiceRecord{.pid = launched.pid,
                          .start_time = process ? std::to_string(process->start_time) : "",
                          .boot = boot_id(),
                          .since = clock_.now()};
  write_record(files_.status, record_);
  state_ = State::running;
  exited_ = false;
  sent_ = StopLevel::none;
  started_ = clock_.steady();
  deadline_ = SteadyTime::max();
}

void Supervisor::watch() {
  while (state_ != State::done) {
    pollfd entries[] = {{.fd = signals_, .events = POLLIN, .revents = 0},
                        {.fd = exited_ ? -1 : pidfd_.get(), .events = POLLIN, .revents = 0},
                        {.fd = output_.get(), .events = POLLIN, .revents = 0}};
    poll(entries, std::size(entries), static_cast<int>(time_left().count()));
    if (entries[2].revents != 0) {
      read_output();
    }
    if (entries[1].revents != 0) {
      on_exit();
    }
    if (entries[0].revents != 0) {
      read_signal();
    }
    on_time();
  }
}

milliseconds Supervisor::time_left() {
  milliseconds left{-1};  // for ever
  if (deadline_ != SteadyTime::max()) {
    left = std::chrono::ceil<milliseconds>(deadline_ - clock_.steady());
    left = std::max(left, milliseconds{0});
  }
  if (state_ == State::ending && exited_) {
    left = left.count() < 0 ? kLookAgain : std::min(left, kLookAgain);
  }
  return left;
}

void Supervisor::read_output() {
  char buffer[64 << 10];
  for (int reads = 0; reads < kReadsAtOnce && output_.valid(); ++reads) {
    const ssize_t count = read(output_.get(), buffer, sizeof buffer);
    if (count > 0) {
      log_.write({buffer, static_cast<std::size_t>(count)});
    } else if (count == 0) {
      output_.reset();
    } else if (errno != EINTR) {
      return;
    }
  }
}

void Supervisor::read_signal() {
  signalfd_siginfo info{};
  if (read(signals_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) {
    return;
  }
  stopping_ = true;
  const bool has_grace = info.ssi_code == SI_QUEUE && info.ssi_int > 0;
  const milliseconds grace = has_grace ? milliseconds{info.ssi_int} : order_.spec.grace;
  if (state_ == State::resting) {
    state_ = State::done;
  } else if (sent_ == StopLevel::none) {
    end_group(StopLevel::interrupt, grace);
  }
}

void Supervisor::on_exit() {
  int status = 0;
  if (waitpid(record_.pid, &status, WNOHANG) != record_.pid) {
    return;
  }
  exited_ = true;
  record_.since = clock_.now();
  if (WIFSIGNALED(status)) {
    record_.signal = WTERMSIG(status);
  } else {
    record_.exit = WEXITSTATUS(status);
  }
  if (sent_ == StopLevel::none && is_group_alive(record_.pid)) {
    // What it left behind would hold its port when it starts again.
    end_group(StopLevel::terminate, order_.spec.grace);
  }
  state_ = State::ending;
  look_at_group();
}

void Supervisor::on_time() {
  if (state_ == State::ending && exited_) {
    look_at_group();
  }
  if (deadline_ > clock_.steady()) {
    return;
  }
  deadline_ = SteadyTime::max();
  if (state_ == State::ending) {
    escalate();
  } else if (state_ == State::resting) {
    try {
      start();
    } catch (const Error&) {
      rest();  // its record still tells how it ended last; the cause may pass
    }
  }
}

void Supervisor::end_group(StopLevel first, milliseconds grace) {
  state_ = State::ending;
  grace_ = grace;
  sent_ = static_cast<StopLevel>(static_cast<int>(first) - 1);
  escalate();
}

void Supervisor::escalate() {
  if (sent_ != StopLevel::kill) {
    sent_ = static_cast<StopLevel>(static_cast<int>(sent_) + 1);
  }
  const int number = sent_ == StopLevel::interrupt   ? SIGINT
                     : sent_ == StopLevel::terminate ? SIGTERM
                                                     : SIGKILL;
  kill(-record_.pid, number);
  kill(-record_.pid, SIGCONT);
  deadline_ = clock_.steady() + grace_;
}

// The service has ended when nothing of its group is alive.
void Supervisor::look_at_group() {
  if (is_group_alive(record_.pid)) {
    return;
  }
  read_output();
  output_.reset();
  log_.finish();
  write_record(files_.status, record_);
  if (stopping_ || order_.spec.restart != "always") {
    state_ = State::done;
    return;
  }
  const bool ran_well = clock_.steady() - started_ > kLongestRest;
  rest_ = ran_well ? kShortestRest : rest_;
  rest();
}

void Supervisor::rest() {
  state_ = State::resting;
  deadline_ = clock_.steady() + rest_;
  rest_ = std::min(rest_ * 2, kLongestRest);
}

// SIGTERM comes through a descriptor; the rest of what ends sessions and terminals is ignored.
int take_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  for (const int number : {SIGINT, SIGHUP, SIGQUIT, SIGPIPE}) {
    signal(number, SIG_IGN);
  }
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

void answer(const Json& json) {
  write_all(STDOUT_FILENO, json.dump() + "\n");
  const FileDescriptor null(open("/dev/null", O_RDWR | O_CLOEXEC));
  dup2(null.get(), STDOUT_FILENO);
}

}  // namespace

int supervisor_main(const std::vector<std::string>& arguments) {
  if (arguments.size() != 1) {
    return 2;
  }
  const int signals = take_signals();
  try {
    const std::filesystem::path path = arguments[0];
    ServiceOrder order = take_order(path);
    const ServiceFiles files = ServiceFiles::in(path.parent_path(), order.spec.name);
    const FileLock lock =
        FileLock::try_acquire(files.lock, fmt::format("supervisor of service {} of run {}: pid {}",
                                                      order.spec.name, order.run_id, getpid()));
    if (!lock.held()) {
      throw Error(Code::spawn_failed, "another supervisor runs: " + lock.holder())
          .with_effect(EffectDone::none);
    }
    Supervisor supervisor(std::move(order), files, signals);
    supervisor.start();
    answer(nullptr);
    supervisor.watch();
    return 0;
  } catch (const Error& error) {
    answer(error.to_json());
    return 1;
  }
}

}  // namespace runbook
