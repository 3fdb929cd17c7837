#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "engine/base/file.h"
#include "engine/io/process_table.h"
#include "engine/io/program.h"
#include "engine/service/service.h"
#include "engine/service/service_files.h"

namespace runbook {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kTailBytes = std::size_t{256} << 10;

// The name becomes the name of files.
void check_name(std::string_view name) {
  const bool is_plain = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
  if (name.empty() || name.size() > 64 || name.front() == '.' || !is_plain) {
    throw Error(Code::option_invalid, fmt::format("\"{}\" cannot be the name of a service", name),
                "1-64 letters, digits and - _ . (not first)")
        .with_effect(EffectDone::none);
  }
}

// All of what the other side writes until it closes.
std::string read_answer(int fd) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t count = read(fd, buffer, sizeof buffer);
    if (count > 0) {
      text.append(buffer, static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
      return text;
    }
  }
}

// Holds secrets: must not stay behind when no supervisor takes it.
struct RemovedAtEnd {
  const std::filesystem::path& path;
  ~RemovedAtEnd() {
    std::error_code ignored;  // usually the supervisor has removed it
    std::filesystem::remove(path, ignored);
  }
};

// In milliseconds since 1970; 0 if there is no such file.
Timestamp last_written(const std::filesystem::path& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) {
    return 0;
  }
  return Timestamp{status.st_mtim.tv_sec} * 1000 + status.st_mtim.tv_nsec / 1'000'000;
}

// What is left of a service that nobody supervises: members of its group that outlived it.
std::vector<int> find_stragglers(const std::string& run_id, const std::string& name) {
  std::vector<int> pids;
  for (const ProcessEntry& entry : list_processes()) {
    if (entry.is_alive() && environment_of(entry.pid, "RUNBOOK_SERVICE_OF") == run_id &&
        environment_of(entry.pid, "RUNBOOK_SERVICE") == name) {
      pids.push_back(entry.pid);
    }
  }
  return pids;
}

}  // namespace

struct Services::Impl {
  Impl(Loop& the_loop, std::filesystem::path the_folder, std::string the_run_id,
       std::filesystem::path the_program)
      : loop(the_loop),
        folder(std::move(the_folder)),
        run_id(std::move(the_run_id)),
        program(std::move(the_program)) {}

  ServiceFiles files(const std::string& name) const { return ServiceFiles::in(folder, name); }

  // Supervisors that ended while we live would stay zombies.
  void collect_supervisors() {
    std::erase_if(supervisors, [](int pid) { return waitpid(pid, nullptr, WNOHANG) != 0; });
  }

  Launched launch_supervisor(const std::filesystem::path& order, int answer) {
    Environment environment = Environment::inherited();
    environment.unset("RUNBOOK_RUN_ID");
    environment.unset("RUNBOOK_SERVICE");
    const FileDescriptor null(open("/dev/null", O_RDWR | O_CLOEXEC));
    const std::vector<std::string> argv{"runbook", "__service", order.string()};
    const std::vector<const char*> arguments = argument_pointers(argv);
    LaunchPlan plan;
    plan.executable = program.c_str();
    plan.argv = arguments.data();
    plan.envp = environment.pointers();
    plan.cwd = "/";
    plan.streams[0] = null.get();
    plan.streams[1] = answer;
    plan.streams[2] = null.get();
    const Launched launched = launch(plan);
    if (launched.error != 0) {
      throw_launch_failed(program.string(), plan, launched);
    }
    close(launched.pidfd);
    supervisors.push_back(launched.pid);
    return launched;
  }

  // SIGKILL: with their supervisor they have lost the one who would have asked them politely.
  Task<void> end_stragglers(std::string name) {
    for (;;) {
      const std::vector<int> pids = find_stragglers(run_id, name);
      if (pids.empty()) {
        break;
      }
      for (const int pid : pids) {
        kill(pid, SIGKILL);
      }
      co_await loop.sleep(milliseconds{5}, nullptr);
    }
  }

  Task<void> end_supervisor(std::string name, milliseconds grace) {
    const std::filesystem::path lock = files(name).lock;
    const int supervisor = FileLock::holder_pid(lock);
    if (supervisor != 0) {
      const sigval value{.sival_int = static_cast<int>(std::max<long>(grace.count(), 1))};
      sigqueue(supervisor, SIGTERM, value);
    }
    milliseconds interval{2};
    while (FileLock::holder_pid(lock) != 0) {
      co_await loop.sleep(interval, nullptr);
      interval = std::min(interval * 2, milliseconds{50});
    }
  }

  Loop& loop;
  std::filesystem::path folder;
  std::string run_id;
  std::filesystem::path program;
  std::vector<int> supervisors;
};

Services::Services(Loop& loop, std::filesystem::path run_folder, std::string run_id,
                   std::filesystem::path program)
    : impl_(std::make_unique<Impl>(loop, std::move(run_folder) / "services", std::move(run_id),
                                   std::move(program))) {}

Services::~Services() {
  impl_->collect_supervisors();
}

Task<ServiceStatus> Services::start(ServiceSpec spec) {
  check_name(spec.name);
  RB_CHECK(!spec.argv.empty());
  const ServiceFiles files = impl_->files(spec.name);
  make_private_directory(impl_->folder);
  co_await impl_->end_supervisor(spec.name, spec.grace);  // one that rests before a restart
  co_await impl_->end_stragglers(spec.name);
  impl_->collect_supervisors();
  std::filesystem::remove(files.status);
  const RemovedAtEnd order_file{files.spec};
  ServiceOrder order{spec, impl_->run_id, {}};
  if (secrets) {
    order.secrets = secrets();
  }
  write_order(files.spec, order);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    throw_spawn_failed("a supervisor", "no pipe", errno);
  }
  const FileDescriptor read_end(ends[0]);
  FileDescriptor write_end(ends[1]);
  impl_->launch_supervisor(files.spec, write_end.get());
  write_end.reset();
  std::string answer;
  co_await impl_->loop.blocking([&] { answer = read_answer(read_end.get()); });
  if (answer.empty()) {
    throw Error(Code::spawn_failed,
                fmt::format("the supervisor of service {} ended without an answer", spec.name));
  }
  const Json failure = parse_json(answer, "the supervisor's answer");
  if (!failure.is_null()) {
    throw Error::from_json(failure).with_effect(EffectDone::none);
  }
  const ServiceStatus started = status(spec.name);
  if (on_started) {
    on_started(spec, started);
  }
  co_return started;
}

void Services::adopt(const ServiceSpec& spec) {
  if (on_started) {
    on_started(spec, status(spec.name));
  }
}

ServiceStatus Services::status(const std::string& name) {
  check_name(name);
  impl_->collect_supervisors();
  const ServiceFiles files = impl_->files(name);
  ServiceStatus status;
  status.supervised = FileLock::holder_pid(files.lock) != 0;
  const std::optional<ServiceRecord> record = read_record(files.status);
  if (!record) {
    return status;
  }
  status.running = is_alive(*record);
  status.pid = record->pid;
  status.start_time = record->start_time;
  status.boot = record->boot;
  status.exit = record->exit;
  status.signal = record->signal;
  // Killed with its supervisor, or by a power cut: its last line is the last sign of it.
  const bool is_lost = !status.running && !record->has_ended();
  status.since = is_lost ? std::max(last_written(files.log), record->since) : record->since;
  return status;
}

Task<void> Services::stop(std::string name, milliseconds grace) {
  const ServiceStatus before = status(name);
  if (on_stopping) {
    co_await on_stopping(name);  // also if it has died: the recipe wants it gone
  }
  if (!before.running && !before.supervised) {
    co_return;
  }
  co_await impl_->end_supervisor(name, grace);
  co_await impl_->end_stragglers(name);
  if (on_ended) {
    on_ended(name, status(name));
  }
}

std::filesystem::path Services::log_path(const std::string& name) const {
  check_name(name);
  return impl_->files(name).log;
}

std::vector<std::string> Services::last_lines(const std::string& name, std::size_t count) const {
  const FileDescriptor file(open(log_path(name).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    return {};
  }
  const off_t size = lseek(file.get(), 0, SEEK_END);
  const off_t begin = std::max<off_t>(0, size - static_cast<off_t>(kTailBytes));
  lseek(file.get(), begin, SEEK_SET);
  const std::string text = read_answer(file.get());
  std::vector<std::string> lines;
  for (std::size_t at = begin == 0 ? 0 : text.find('\n') + 1; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  if (lines.size() > count) {
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  }
  return lines;
}

std::vector<std::string> Services::names() const {
  std::vector<std::string> names;
  std::error_code ignored;  // no folder: no service was ever started
  for (const auto& entry : std::filesystem::directory_iterator(impl_->folder, ignored)) {
    if (entry.path().extension() == ".lock") {
      names.push_back(entry.path().stem().string());
    }
  }
  std::ranges::sort(names);
  return names;
}

int free_port() {
  const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (!socket.valid() || bind(socket.get(), generic, length) != 0 ||
      getsockname(socket.get(), generic, &length) != 0) {
    throw Error(Code::spawn_failed, fmt::format("no free port: {}", strerror(errno)))
        .with_effect(EffectDone::none);
  }
  return ntohs(address.sin_port);
}

}  // namespace runbook
