#include "engine/io/terminal_mode.h"

#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <utility>

#include "engine/base/file.h"

namespace runbook {

namespace {

constexpr tcflag_t kChanged = ECHO | ICANON;

// Written by the thread of the modes, also read by the handlers, which may only call what is
// async-signal-safe.
std::atomic<int> terminal = -1;
std::atomic<bool> is_found = false;  ///< it was ours once, and `found` is what it was then
termios found{};
std::atomic<int> hidden = 0, keys = 0;  ///< how many of each mode live
std::atomic<unsigned> continued = 0;    ///< how often the process was stopped and went on

/// In the background the settings are those of the shell.
bool is_foreground() {
  const pid_t group = tcgetpgrp(terminal);
  return group == -1 || group == getpgrp();  // -1: it is not our controlling one, or is gone
}

void put_back() {
  if (is_found && is_foreground()) {
    tcsetattr(terminal, TCSANOW, &found);
  }
}

/// False if it was so.
bool set_mode() {
  termios now{};
  if (!is_foreground() || tcgetattr(terminal, &now) != 0) {
    return false;
  }
  if (!is_found) {
    found = now;
    is_found = true;
  }
  termios wanted = found;
  wanted.c_lflag &= ~static_cast<tcflag_t>(keys > 0 ? kChanged : hidden > 0 ? ECHO : 0);
  if (keys > 0) {
    wanted.c_cc[VMIN] = 1;
    wanted.c_cc[VTIME] = 0;
  }
  if (((now.c_lflag ^ wanted.c_lflag) & kChanged) == 0) {
    return false;
  }
  tcsetattr(terminal, TCSANOW, &wanted);
  return true;
}

/// The signal ends the process as soon as this returns, wherever it is.
void end_process(int signal) {
  put_back();
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

/// Not SIGSTOP: that would also stop a process which no shell can let go on.
void stop_process(int /*signal*/) {
  const int before = errno;
  put_back();
  struct sigaction usual {
  }, ours{};
  usual.sa_handler = SIG_DFL;
  sigaction(SIGTSTP, &usual, &ours);
  ::raise(SIGTSTP);
  sigaction(SIGTSTP, &ours, nullptr);
  set_mode();
  errno = before;
}

void go_on(int /*signal*/) {
  const int before = errno;
  ++continued;
  set_mode();
  errno = before;
}

constexpr std::array<std::pair<int, void (*)(int)>, 6> kHandlers = {{{SIGINT, end_process},
                                                                     {SIGTERM, end_process},
                                                                     {SIGHUP, end_process},
                                                                     {SIGQUIT, end_process},
                                                                     {SIGTSTP, stop_process},
                                                                     {SIGCONT, go_on}}};

/// Where it is the usual one. Who handles a signal already ends in an orderly way, and who ignores
/// it means that.
void replace_handler(int signal, void (*usual)(int), void (*handler)(int)) {
  struct sigaction action {};
  sigaction(signal, nullptr, &action);
  if (action.sa_handler == usual) {
    action = {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART | (signal == SIGTSTP ? SA_NODEFER : 0);
    sigaction(signal, &action, nullptr);
  }
}

std::atomic<int>& count_of(Typing typing) {
  return typing == Typing::keys ? keys : hidden;
}

}  // namespace

TerminalMode::TerminalMode(Typing typing) : typing_(typing), continued_(continued) {
  if (hidden + keys == 0) {
    FileDescriptor opened(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
    terminal = opened.valid() ? opened.release() : fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
    for (const auto& [signal, handler] : kHandlers) {
      replace_handler(signal, SIG_DFL, handler);
    }
  }
  ++count_of(typing_);
  set_mode();
}

TerminalMode::~TerminalMode() {
  --count_of(typing_);
  set_mode();
  if (hidden + keys == 0) {
    for (const auto& [signal, handler] : kHandlers) {
      replace_handler(signal, handler, SIG_DFL);
    }
    is_found = false;
    close(terminal.exchange(-1));
  }
}

TerminalMode::Found TerminalMode::look() {
  if (!is_foreground()) {
    return Found::background;
  }
  const bool was_changed = set_mode();
  const unsigned before = std::exchange(continued_, continued);
  return was_changed || continued_ != before ? Found::returned : Found::ours;
}

void TerminalMode::drop_typed() {
  if (is_foreground()) {
    tcflush(terminal, TCIFLUSH);
  }
}

}  // namespace runbook
