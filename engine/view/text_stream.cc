#include "engine/view/text_stream.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "engine/base/references.h"
#include "engine/base/secret.h"
#include "engine/view/github_command.h"
#include "engine/view/write_behind.h"

namespace runbook {

TextStream::TextStream(int fd) : fd_(fd) {}

TextStream::~TextStream() = default;

void TextStream::write_behind() {
  if (behind_ == nullptr) {
    behind_ = std::make_unique<WriteBehind>([this](std::string_view text) { write_all(text); });
  }
}

bool TextStream::is_behind() const {
  return behind_ != nullptr && behind_->has_pending();
}

void TextStream::flush() {
  if (behind_ != nullptr) {
    behind_->flush();
  }
}

void TextStream::redact_with(std::shared_ptr<const Redactor> redactor, Reader reader) {
  redactor_ = std::move(redactor);
  reader_ = reader;
}

std::string TextStream::masked(std::string_view text) const {
  return reader_ == Reader::person ? redactor_->redact(text)
                                   : redact_around_references(*redactor_, text);
}

void TextStream::write(std::string_view text) {
  const bool has_secrets = redactor_ != nullptr && !redactor_->empty();
  if (guards_commands_) {
    // Last: masking changes where words begin, and a secret that was changed would not be found.
    pass_on(without_github_commands(has_secrets ? masked(text) : std::string(text)));
  } else if (has_secrets) {
    pass_on(masked(text));
  } else {
    pass_on(text);
  }
}

void TextStream::write_command(std::string_view command) {
  pass_on(redactor_ != nullptr ? masked(command) : std::string(command));
}

void TextStream::pass_on(std::string_view text) {
  if (behind_ != nullptr) {
    behind_->push(text);
  } else {
    write_all(text);
  }
}

void TextStream::write_all(std::string_view text) {
  while (!text.empty() && failure_ == 0) {
    const ssize_t written = ::write(fd_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      // Somebody made the shared terminal non-blocking: wait as a blocking write would.
      pollfd waiting{fd_, POLLOUT, 0};
      poll(&waiting, 1, -1);
    } else if (errno != EINTR) {
      failure_ = errno;
    }
  }
}

ScreenSize TextStream::size() const {
  winsize size{};
  if (ioctl(fd_, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return {};
  }
  return {.columns = size.ws_col, .rows = size.ws_row};
}

bool TextStream::is_terminal() const {
  return isatty(fd_) == 1;
}

}  // namespace runbook
