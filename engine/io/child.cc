// The states of a child: running → exited (perhaps sweeping its group) → draining → completed.
// Everything runs on the loop thread; every handler holds the child, so that it may be dropped by
// nobody but the loop.

#include "engine/io/child.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/io/process_table.h"
#include "engine/io/program.h"

namespace runbook {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kSweepInterval{20};
constexpr std::chrono::milliseconds kAfterKill{1'000};  // for what sleeps uninterruptibly
constexpr std::size_t kSpareBuffers = 128;

// Boost.Process v2's launcher interface: called with an executor, gives back the process that
// waits through its pidfd. Takes the whole argv inside the plan, so `arguments` has no use here.
struct SessionLauncher {
  LaunchPlan plan;
  Launched launched;

  template <typename Executor, typename Arguments>
  boost::process::v2::basic_process<Executor> operator()(Executor executor, error_code& failure,
                                                         const std::filesystem::path& executable,
                                                         const Arguments& arguments) {
    plan.executable = executable.c_str();
    plan.argv = arguments;
    launched = launch(plan);
    if (launched.error != 0) {
      failure.assign(launched.error, boost::system::system_category());
      return boost::process::v2::basic_process<Executor>(executor);
    }
    return boost::process::v2::basic_process<Executor>(executor, launched.pid, launched.pidfd);
  }
};

struct Pipe {
  FileDescriptor read_end;
  FileDescriptor write_end;
};

Pipe make_pipe(const std::string& program) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    throw_spawn_failed(program, "no pipe", errno);
  }
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

// A memory file instead of a pipe: nothing to write while the child runs, no reader that may go
// away.
FileDescriptor make_input(const std::string& program, std::string_view input) {
  FileDescriptor file(memfd_create("input", MFD_CLOEXEC));
  if (!file.valid()) {
    throw_spawn_failed(program, "no memory file for its input", errno);
  }
  while (!input.empty()) {
    const ssize_t count = write(file.get(), input.data(), input.size());
    if (count < 0 && errno != EINTR) {
      throw_spawn_failed(program, "no memory for its input", errno);
    }
    input.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

}  // namespace

ChildHost::ChildHost(Loop& the_loop)
    : loop(the_loop), null(open("/dev/null", O_RDWR | O_CLOEXEC)) {}

std::unique_ptr<char[]> ChildHost::take_buffer() {
  if (free_buffers.empty()) {
    return std::make_unique_for_overwrite<char[]>(Child::kBufferBytes);
  }
  std::unique_ptr<char[]> buffer = std::move(free_buffers.back());
  free_buffers.pop_back();
  return buffer;
}

void ChildHost::give_back(std::unique_ptr<char[]> buffer) {
  if (free_buffers.size() < kSpareBuffers) {
    free_buffers.push_back(std::move(buffer));
  }
}

Child::Child(ChildHost& host, ProcessSpec spec, CancelPtr cancel)
    : host_(host),
      spec_(std::move(spec)),
      cancel_(std::move(cancel)),
      out_(Stream::out, result_.out, host.loop.context().get_executor()),
      err_(Stream::err, result_.err, host.loop.context().get_executor()),
      deadline_(host.loop.context().get_executor()),
      drain_(host.loop.context().get_executor()),
      done_(host.loop) {}

void Child::launch(LaunchPlan plan, const std::function<void(int)>& on_pid) {
  const std::string& program = spec_.argv.front();
  FileDescriptor input;
  FileDescriptor attached;
  Pipe out;
  Pipe err;
  if (!spec_.attached.empty()) {
    attached = make_input(program, spec_.attached);
    plan.attached = attached.get();
  }
  if (spec_.interactive) {
    terminal_.emplace();
    if (terminal_->is_present() && !terminal_->is_ours()) {
      throw Error(Code::spawn_failed,
                  fmt::format("{} needs the terminal, but runbook runs in the background", program),
                  "bring it to the foreground (fg), then runbook resume")
          .with_effect(EffectDone::none);
    }
    plan.terminal = terminal_->descriptor();
  } else {
    if (!spec_.input.empty()) {
      input = make_input(program, spec_.input);
    }
    out = make_pipe(program);
    err = make_pipe(program);
    plan.streams[0] = input.valid() ? input.get() : host_.null.get();
    plan.streams[1] = out.write_end.get();
    plan.streams[2] = err.write_end.get();
  }
  SessionLauncher launcher{plan, {}};
  error_code failure;
  started_ = host_.loop.clock().steady();
  process_.emplace(launcher(host_.loop.context().get_executor(), failure,
                            std::filesystem::path(plan.executable), plan.argv));
  if (launcher.launched.pid > 0) {
    on_pid(launcher.launched.pid);
  }
  if (failure) {
    if (terminal_) {
      terminal_->take_back();
    }
    throw_launch_failed(program, plan, launcher.launched);
  }
  result_.pid = launcher.launched.pid;
  if (!spec_.interactive) {
    start_reading(out_, std::move(out.read_end), std::move(out.write_end));
    start_reading(err_, std::move(err.read_end), std::move(err.write_end));
  }
}

Task<ProcessResult> Child::finish() {
  const std::shared_ptr<Child> self = shared_from_this();
  process_->async_wait([self](const error_code& failure, int) {
    if (!failure) {
      self->on_exit(self->process_->native_exit_code());
    }
  });
  if (spec_.timeout.count() > 0) {
    arm_deadline(spec_.timeout);
  }
  if (cancel_) {
    registration_ = cancel_->on_change([this] { on_cancel(); });
  }
  co_await done_.wait(nullptr);
  if (failure_) {
    std::rethrow_exception(failure_);
  }
  co_return std::move(result_);
}

void Child::start_reading(Output& output, FileDescriptor read_end, FileDescriptor write_end) {
  output.pipe.assign(read_end.release());
  output.held = std::move(write_end);
  output.open = true;
  output.buffer = host_.take_buffer();
  if (spec_.on_line) {
    output.sink = [this, stream = output.stream](std::string_view line) {
      spec_.on_line(stream, line);
    };
  }
  read(output);
}

void Child::read(Output& output) {
  output.pipe.async_read_some(
      asio::buffer(output.buffer.get(), kBufferBytes),
      [self = shared_from_this(), &output](const error_code& failure, std::size_t count) {
        if (!output.open) {
          return;
        }
        self->receive(output, {output.buffer.get(), count});
        if (failure) {  // end of file, in nearly all cases
          self->close(output);
          self->settle();
        } else {
          self->read(output);
        }
      });
}

void Child::receive(Output& output, std::string_view chunk) {
  const std::size_t space = spec_.capture - output.text.size();
  if (chunk.size() > space) {
    result_.truncated = true;
  }
  output.text.append(chunk.substr(0, space));
  if (!output.sink || failure_) {
    return;
  }
  try {
    output.lines.feed(chunk, output.sink);
  } catch (...) {  // rethrown by finish() once the child is gone
    report_failure();
  }
}

void Child::report_failure() {
  failure_ = std::current_exception();
  escalate();
}

void Child::close(Output& output) {
  if (!output.open) {
    return;
  }
  output.open = false;
  error_code ignored;  // nothing was written: closing cannot lose anything
  output.pipe.close(ignored);
  if (output.sink && !failure_) {
    try {
      output.lines.finish(output.sink);
    } catch (...) {  // as in receive
      report_failure();
    }
  }
}

void Child::on_exit(int status) {
  exited_ = true;
  process_->detach();  // or its destructor might wait for, even kill, a later owner of the pid
  // Until now our copies kept both pipes from their end, which would have woken us twice while the
  // kernel was still burying the child.
  out_.held.reset();
  err_.held.reset();
  if (WIFSIGNALED(status)) {
    result_.signal = WTERMSIG(status);
  } else {
    result_.exit = WEXITSTATUS(status);
  }
  if (terminal_) {
    terminal_->take_back();
  }
  if (escalating_ && is_group_alive(result_.pid)) {
    sweeping_ = true;
    sweep();
    return;
  }
  deadline_.cancel();
  settle();
}

// A timed out or cancelled child takes its whole group with it: a retry must not run beside it.
void Child::sweep() {
  if (gave_up_ || !is_group_alive(result_.pid)) {
    sweeping_ = false;
    deadline_.cancel();
    settle();
    return;
  }
  drain_.expires_after(kSweepInterval);
  drain_.async_wait([self = shared_from_this()](const error_code& failure) {
    if (!failure && !self->completed_) {
      self->sweep();
    }
  });
}

void Child::on_cancel() {
  if (!exited_) {
    result_.cancelled = true;
  }
  if (cancel_->level() > sent_) {
    send(cancel_->level());
  }
  if (cancel_->reason() != CancelReason::stop && !escalating_) {
    escalate();
  }
}

void Child::on_deadline() {
  if (!escalating_) {
    result_.timed_out = true;
  }
  escalate();
}

// The next harder signal than any sent before, and the grace until the one after it.
void Child::escalate() {
  escalating_ = true;
  if (sent_ == StopLevel::kill) {
    gave_up_ = true;
    return;
  }
  send(static_cast<StopLevel>(static_cast<int>(sent_) + 1));
  arm_deadline(sent_ < StopLevel::kill ? spec_.grace : kAfterKill);
}

void Child::send(StopLevel level) {
  sent_ = level;
  if (exited_ && !sweeping_) {
    return;  // its number may be somebody else's by now
  }
  result_.signalled = result_.signalled || !exited_;
  if (level == StopLevel::kill) {
    kill(-result_.pid, SIGKILL);
    return;
  }
  kill(-result_.pid, level == StopLevel::interrupt ? SIGINT : SIGTERM);
  kill(-result_.pid, SIGCONT);  // a stopped one would never see it
}

void Child::arm_deadline(std::chrono::milliseconds after) {
  deadline_.expires_after(after);
  deadline_.async_wait([self = shared_from_this()](const error_code& failure) {
    if (!failure && !self->completed_) {
      self->on_deadline();
    }
  });
}

// Done means exited and both pipes at end of file; a grandchild that holds one delays it for the
// drain limit only.
void Child::settle() {
  if (!exited_ || sweeping_ || completed_) {
    return;
  }
  if (!out_.open && !err_.open) {
    complete();
    return;
  }
  if (draining_) {
    return;
  }
  draining_ = true;
  drain_.expires_after(spec_.drain);
  drain_.async_wait([self = shared_from_this()](const error_code& failure) {
    if (!failure && !self->completed_) {
      self->result_.drained = false;
      self->complete();
    }
  });
}

void Child::complete() {
  completed_ = true;
  registration_.reset();
  for (Output* output : {&out_, &err_}) {
    if (output->buffer) {
      close(*output);
      host_.give_back(std::move(output->buffer));
    }
  }
  deadline_.cancel();
  drain_.cancel();
  result_.duration =
      std::chrono::duration_cast<std::chrono::milliseconds>(host_.loop.clock().steady() - started_);
  done_.open();
}

}  // namespace runbook
