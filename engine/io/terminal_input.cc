#include "engine/io/terminal_input.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>

#include "engine/base/file.h"
#include "engine/io/line_editor.h"
#include "engine/io/terminal_mode.h"

namespace runbook {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// The terminal itself, not a copy of stdin: what is set for a copy is set for who shares it.
FileDescriptor open_terminal() {
  return FileDescriptor(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

}  // namespace

struct TerminalInput::Impl {
  explicit Impl(Loop& loop) : descriptor(loop.context()) {
    FileDescriptor terminal = open_terminal();
    if (terminal.valid()) {
      descriptor.assign(terminal.release());
    }
    mode.drop_typed();
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

  TerminalMode mode{Typing::keys};
  asio::posix::stream_descriptor descriptor;
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

}  // namespace runbook
