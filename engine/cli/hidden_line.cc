#include "engine/cli/hidden_line.h"

#include <termios.h>
#include <unistd.h>

#include "engine/cli/terminal.h"

namespace runbook {

namespace {

/// Puts the terminal's settings back whatever happens but a signal that kills.
class WithoutEcho {
 public:
  WithoutEcho() {
    is_terminal_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    if (is_terminal_) {
      termios hidden = before_;
      hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
      hidden.c_lflag |= ECHONL;
      ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
  }
  ~WithoutEcho() {
    if (is_terminal_) {
      ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
    }
  }
  WithoutEcho(const WithoutEcho&) = delete;
  WithoutEcho& operator=(const WithoutEcho&) = delete;

 private:
  termios before_{};
  bool is_terminal_ = false;
};

}  // namespace

std::optional<std::string> ask_hidden_line(Context& context, const std::string& question) {
  const WithoutEcho hidden;
  return ask_line(context, question);
}

}  // namespace runbook
