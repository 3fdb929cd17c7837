#include "engine/io/terminal_input.h"

#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>

#include "engine/base/file.h"
#include "engine/io/line_editor.h"

namespace runbook {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// The terminal itself, not a copy of stdin: what is set for a copy is set for who shares it.
FileDescriptor open_terminal() {
  return FileDescriptor(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

/// In the background the settings are those of the shell.
bool is_foreground(int terminal) {
  return tcgetpgrp(terminal) == getpgrp();
}

}  // namespace

struct TerminalInput::Impl {
  explicit Impl(Loop& loop) : descriptor(loop.context()), continued(loop.context()) {
    FileDescriptor terminal = open_terminal();
    if (!terminal.valid() || tcgetattr(terminal.get(), &found) != 0) {
      return;
    }
    descriptor.assign(terminal.release());
    make_raw(TCSAFLUSH);
    continued.add(SIGCONT);
    watch();
  }

  ~Impl() {
    if (descriptor.is_open() && is_foreground(descriptor.native_handle())) {
      tcsetattr(descriptor.native_handle(), TCSANOW, &found);
    }
  }

  void make_raw(int when) {
    if (!is_foreground(descriptor.native_handle())) {
      return;
    }
    termios raw = found;
    raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(descriptor.native_handle(), when, &raw);
  }

  /// The shell put its own settings back when it stopped us.
  void watch() {
    continued.async_wait([this](const error_code& failure, int) {
      if (!failure) {
        make_raw(TCSANOW);
        watch();
      }
    });
  }

  /// nullopt: the terminal is gone.
  Task<std::optional<char>> byte(CancelPtr cancel) {
    while (descriptor.is_open()) {
      if (cancel && cancel->requested()) {
        throw Cancelled(cancel->reason());
      }
      char typed = 0;
      const ssize_t count = ::read(descriptor.native_handle(), &typed, 1);
      if (count == 1) {
        co_return typed;
      }
      if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        break;
      }
      Cancel::Registration registration;
      if (cancel) {
        registration = cancel->on_change([this] { descriptor.cancel(); });
      }
      error_code ignored;  // what there is to know the next read says
      co_await descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                     asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return std::nullopt;
  }

  asio::posix::stream_descriptor descriptor;
  asio::signal_set continued;
  termios found{};
};

TerminalInput::TerminalInput(Loop& loop) : impl_(std::make_unique<Impl>(loop)) {}

TerminalInput::~TerminalInput() = default;

Task<std::optional<char>> TerminalInput::key(CancelPtr cancel) {
  constexpr char kControlD = 4;
  LineEditor sequences;  // arrows and the like are no keys
  for (;;) {
    const std::optional<char> typed = co_await impl_->byte(cancel);
    if (!typed || *typed == kControlD) {
      co_return std::nullopt;
    }
    const bool was_escape = sequences.in_escape();
    sequences.take(*typed);
    if (was_escape || sequences.in_escape()) {
      continue;
    }
    if (*typed == '\r' || *typed == '\n') {
      co_return '\n';
    }
    if (*typed >= ' ' && *typed < 127) {
      co_return *typed;
    }
  }
}

Task<std::optional<std::string>> TerminalInput::line(
    std::function<void(const std::string&)> changed, CancelPtr cancel) {
  LineEditor editor;
  for (;;) {
    const std::optional<char> typed = co_await impl_->byte(cancel);
    if (!typed) {
      co_return std::nullopt;
    }
    switch (editor.take(*typed)) {
      case LineEditor::Outcome::done:
        co_return editor.text();
      case LineEditor::Outcome::left:
        co_return std::nullopt;
      case LineEditor::Outcome::more:
        changed(editor.text());
    }
  }
}

TypingEcho::Found TypingEcho::hide() {
  const FileDescriptor terminal = open_terminal();
  termios settings{};
  if (terminal.valid() && !is_foreground(terminal.get())) {
    return Found::background;
  }
  if (!terminal.valid() || tcgetattr(terminal.get(), &settings) != 0 ||
      (settings.c_lflag & ECHO) == 0) {
    return Found::ours;
  }
  settings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(terminal.get(), TCSANOW, &settings);
  return std::exchange(hidden_, true) ? Found::shown : Found::ours;
}

void TypingEcho::show() {
  const FileDescriptor terminal = open_terminal();
  termios settings{};
  if (std::exchange(hidden_, false) && terminal.valid() && is_foreground(terminal.get()) &&
      tcgetattr(terminal.get(), &settings) == 0) {
    settings.c_lflag |= static_cast<tcflag_t>(ECHO);
    tcsetattr(terminal.get(), TCSANOW, &settings);
  }
}

}  // namespace runbook
