#include "engine/cli/hidden_line.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "engine/cli/terminal.h"

namespace runbook {

namespace {

volatile std::sig_atomic_t caught = 0;

/// The terminal is put back whatever happens: a signal that would end the process waits until then.
class WithoutEcho {
 public:
  WithoutEcho() {
    caught = 0;
    struct sigaction action {};
    action.sa_handler = [](int signal) { caught = signal; };  // no SA_RESTART: the read is given up
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      ::sigaction(kSignals[i], &action, &before_[i]);
    }
    is_terminal_ = ::tcgetattr(STDIN_FILENO, &settings_) == 0;
    if (is_terminal_) {
      termios hidden = settings_;
      hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
      hidden.c_lflag |= ECHONL;
      ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
  }
  ~WithoutEcho() {
    if (is_terminal_) {
      ::tcsetattr(STDIN_FILENO, TCSADRAIN, &settings_);
    }
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      ::sigaction(kSignals[i], &before_[i], nullptr);
    }
    if (caught != 0) {
      ::raise(caught);
    }
  }
  WithoutEcho(const WithoutEcho&) = delete;
  WithoutEcho& operator=(const WithoutEcho&) = delete;

 private:
  static constexpr std::array<int, 3> kSignals = {SIGINT, SIGTERM, SIGHUP};

  std::array<struct sigaction, kSignals.size()> before_{};
  termios settings_{};
  bool is_terminal_ = false;
};

}  // namespace

std::optional<std::string> ask_hidden_line(Context& context, const std::string& question) {
  const WithoutEcho hidden;
  return ask_line(context, question);
}

}  // namespace runbook
