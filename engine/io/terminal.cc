#include "engine/io/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "engine/base/file.h"

namespace runbook {

namespace {

// A process of a background group that touches the terminal is stopped by SIGTTOU unless it blocks
// it.
class WithoutStopping {
 public:
  WithoutStopping() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &set, &before_);
  }
  ~WithoutStopping() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  WithoutStopping(const WithoutStopping&) = delete;
  WithoutStopping& operator=(const WithoutStopping&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

struct Terminal::Impl {
  FileDescriptor tty;
  termios settings{};
  bool has_settings = false;
};

Terminal::Terminal() : impl_(std::make_unique<Impl>()) {
  impl_->tty = FileDescriptor(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  impl_->has_settings = impl_->tty.valid() && tcgetattr(impl_->tty.get(), &impl_->settings) == 0;
}

Terminal::~Terminal() = default;

bool Terminal::is_present() const {
  return impl_->tty.valid();
}

bool Terminal::is_ours() const {
  return is_present() && tcgetpgrp(impl_->tty.get()) == getpgrp();
}

int Terminal::descriptor() const {
  return impl_->tty.get();
}

void Terminal::take_back() {
  if (is_present()) {
    const WithoutStopping blocked;
    tcsetpgrp(impl_->tty.get(), getpgrp());
    restore();
  }
}

void Terminal::restore() {
  if (impl_->has_settings && is_ours()) {  // in the background the settings are the shell's
    const WithoutStopping blocked;
    // Not after what is still to be written: a terminal that was stopped would stop us.
    tcsetattr(impl_->tty.get(), TCSANOW, &impl_->settings);
  }
}

}  // namespace runbook
