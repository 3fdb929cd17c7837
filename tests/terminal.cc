#include "tests/terminal.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>

namespace {

using Deadline = std::chrono::steady_clock::time_point;

Deadline in_seconds(int seconds) {
  return std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
}

bool is_over(Deadline deadline) {
  return std::chrono::steady_clock::now() >= deadline;
}

}  // namespace

TerminalProgram::TerminalProgram(std::vector<std::string> argv,
                                 std::vector<std::pair<std::string, std::string>> env) {
  std::vector<char*> arguments;
  for (std::string& argument : argv) {
    arguments.push_back(argument.data());
  }
  arguments.push_back(nullptr);
  int terminal = -1;
  pid_ = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (pid_ < 0) {
    throw std::runtime_error("no pseudo-terminal");
  }
  if (pid_ == 0) {
    for (const auto& [name, value] : env) {
      setenv(name.c_str(), value.c_str(), 1);
    }
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  terminal_ = runbook::FileDescriptor(terminal);
}

TerminalProgram::~TerminalProgram() {
  if (status_ == -1) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
}

void TerminalProgram::type(const std::string& text) {
  if (write(terminal_.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error("the terminal takes no input");
  }
}

void TerminalProgram::hang_up() {
  terminal_.reset();
}

bool TerminalProgram::shows(const std::string& text, int seconds) {
  const Deadline deadline = in_seconds(seconds);
  for (;;) {
    const std::size_t found = screen_.find(text, seen_);
    if (found != std::string::npos) {
      seen_ = found + text.size();
      return true;
    }
    if (is_over(deadline) || !read_some(100)) {
      return false;
    }
  }
}

int TerminalProgram::wait(int seconds) {
  const Deadline deadline = in_seconds(seconds);
  while (status_ == -1 && !is_over(deadline)) {
    if (!terminal_.valid() || !read_some(20)) {
      usleep(1'000);
    }
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      status_ = status;
      while (terminal_.valid() && read_some(0)) {
      }
    }
  }
  return status_;
}

bool TerminalProgram::echoes() const {
  termios settings{};
  return tcgetattr(terminal_.get(), &settings) == 0 && (settings.c_lflag & ECHO) != 0;
}

// False when there is nothing more to come, or (with 0 ms) nothing now.
bool TerminalProgram::read_some(int milliseconds) {
  pollfd entry{.fd = terminal_.get(), .events = POLLIN, .revents = 0};
  const int ready = poll(&entry, 1, milliseconds);
  if (ready <= 0) {
    return milliseconds > 0;
  }
  char buffer[4096];
  const ssize_t count = read(terminal_.get(), buffer, sizeof buffer);
  if (count <= 0) {
    return count < 0 && errno == EINTR;  // EIO: the program's end is closed
  }
  screen_.append(buffer, static_cast<std::size_t>(count));
  return true;
}
