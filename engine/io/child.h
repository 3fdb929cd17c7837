#pragma once
// One child process from launch to end: its pipes, deadlines and signals. Private to
// engine/io/process.cc; heavy with Asio and Boost.Process.

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/optional/optional.hpp>  // forgotten by the next one when it uses std::filesystem
#include <boost/process/v2/process.hpp>

#include "engine/base/file.h"
#include "engine/io/launcher.h"
#include "engine/io/line_splitter.h"
#include "engine/io/process.h"
#include "engine/io/terminal.h"

namespace runbook {

/// What all children of an engine share. Outlives them.
struct ChildHost {
  explicit ChildHost(Loop& the_loop);
  std::unique_ptr<char[]> take_buffer();
  void give_back(std::unique_ptr<char[]> buffer);

  Loop& loop;
  FileDescriptor null;  ///< /dev/null, the stdin of most children
  std::vector<std::unique_ptr<char[]>> free_buffers;
};

class Child : public std::enable_shared_from_this<Child> {
 public:
  static constexpr std::size_t kBufferBytes = std::size_t{64} << 10;

  Child(ChildHost& host, ProcessSpec spec, CancelPtr cancel);

  /// Executes `plan`, completed by its streams. Throws Error(Code::program_not_found |
  /// spawn_failed); `on_pid` is called with the pid whenever the reaper may have been told of it.
  void launch(LaunchPlan plan, const std::function<void(int)>& on_pid);
  /// Waits for the end; once.
  Task<ProcessResult> finish();

  const ProcessSpec& spec() const { return spec_; }
  int pid() const { return result_.pid; }

 private:
  using Executor = boost::asio::io_context::executor_type;
  using Descriptor = boost::asio::posix::basic_stream_descriptor<Executor>;
  using Process = boost::process::v2::basic_process<Executor>;
  using Timer = boost::asio::basic_waitable_timer<
      std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

  struct Output {
    Output(Stream the_stream, std::string& the_text, const Executor& executor)
        : stream(the_stream), text(the_text), pipe(executor) {}
    Stream stream;
    std::string& text;
    Descriptor pipe;
    FileDescriptor held;  // our own copy of the write end: see on_exit
    bool open = false;
    std::unique_ptr<char[]> buffer;
    LineSplitter lines;
    LineSplitter::Sink sink;
  };

  void start_reading(Output& output, FileDescriptor read_end, FileDescriptor write_end);
  void read(Output& output);
  void receive(Output& output, std::string_view chunk);
  void close(Output& output);
  void report_failure();

  void on_exit(int status);
  void on_cancel();
  void on_deadline();
  void escalate();
  void send(StopLevel level);
  void arm_deadline(std::chrono::milliseconds after);
  void sweep();
  void settle();
  void complete();

  ChildHost& host_;
  ProcessSpec spec_;
  CancelPtr cancel_;
  Cancel::Registration registration_;
  ProcessResult result_;
  Output out_;
  Output err_;
  std::optional<Process> process_;
  std::optional<Terminal> terminal_;
  std::chrono::steady_clock::time_point started_;
  Timer deadline_;  // the timeout, then the grace between signals
  Timer drain_;     // after exit: pipes held by others, and members left in its group
  StopLevel sent_ = StopLevel::none;
  bool escalating_ = false;
  bool gave_up_ = false;
  bool exited_ = false;
  bool sweeping_ = false;
  bool draining_ = false;
  bool completed_ = false;
  std::exception_ptr failure_;  // of on_line
  Latch done_;
};

}  // namespace runbook
