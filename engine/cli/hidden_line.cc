#include "engine/cli/hidden_line.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "engine/cli/terminal.h"

namespace runbook {

namespace {

termios shown{}, hidden{};  // for the handlers, which may only call what is async-signal-safe

/// The signal ends the process as soon as this returns, however far the read has come.
void end_process(int signal) {
  ::tcsetattr(STDIN_FILENO, TCSANOW, &shown);
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

/// Ctrl-Z: the shell gets its terminal as it was; when it goes on, nothing is echoed again.
void stop_process(int /*signal*/) {
  const int before = errno;
  ::tcsetattr(STDIN_FILENO, TCSANOW, &shown);
  ::raise(SIGSTOP);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &hidden);
  errno = before;
}

/// The terminal is put back whatever happens.
class WithoutEcho {
 public:
  WithoutEcho() {
    if (::tcgetattr(STDIN_FILENO, &shown) != 0) {
      return;
    }
    is_terminal_ = true;
    hidden = shown;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hidden.c_lflag |= ECHONL;
    for (std::size_t i = 0; i < kHandlers.size(); ++i) {
      struct sigaction action {};
      action.sa_handler = kHandlers[i].second;
      action.sa_flags = SA_RESTART;
      ::sigaction(kHandlers[i].first, &action, &before_[i]);
    }
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~WithoutEcho() {
    if (!is_terminal_) {
      return;
    }
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &shown);
    for (std::size_t i = 0; i < kHandlers.size(); ++i) {
      ::sigaction(kHandlers[i].first, &before_[i], nullptr);
    }
  }
  WithoutEcho(const WithoutEcho&) = delete;
  WithoutEcho& operator=(const WithoutEcho&) = delete;

 private:
  static constexpr std::array<std::pair<int, void (*)(int)>, 5> kHandlers = {
      {{SIGINT, end_process},
       {SIGTERM, end_process},
       {SIGHUP, end_process},
       {SIGQUIT, end_process},
       {SIGTSTP, stop_process}}};

  std::array<struct sigaction, kHandlers.size()> before_{};
  bool is_terminal_ = false;
};

}  // namespace

std::optional<std::string> ask_hidden_line(Context& context, const std::string& question) {
  const WithoutEcho without_echo;
  return ask_line(context, question);
}

}  // namespace runbook
