#include "engine/io/signals.h"

#include <signal.h>

#include <algorithm>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "engine/io/terminal.h"

namespace runbook {

namespace {

bool is_ignored(int signal) {
  struct sigaction action = {};
  return sigaction(signal, nullptr, &action) == 0 && (action.sa_flags & SA_SIGINFO) == 0 &&
         action.sa_handler == SIG_IGN;
}

StopLevel raised(StopLevel level, int signal) {
  if (signal != SIGINT) {
    return std::max(level, StopLevel::terminate);
  }
  return level == StopLevel::kill ? level : static_cast<StopLevel>(static_cast<int>(level) + 1);
}

}  // namespace

struct Signals::Impl {
  Impl(boost::asio::io_context& context, std::function<void(StopLevel, int)> callback)
      : set(context), on_stop(std::move(callback)) {}

  void wait() {
    set.async_wait([this](const boost::system::error_code& failure, int number) {
      if (failure) {
        return;  // the set is being destroyed, and this with it
      }
      const StopLevel next = raised(level, number);
      if (first == 0) {
        first = number;
      }
      wait();
      if (next != level) {
        level = next;
        on_stop(next, number);
      }
    });
  }

  Terminal terminal;
  boost::asio::signal_set set;
  std::function<void(StopLevel, int)> on_stop;
  StopLevel level = StopLevel::none;
  int first = 0;
};

Signals::Signals(Loop& loop, std::function<void(StopLevel, int)> on_stop)
    : impl_(std::make_unique<Impl>(loop.context(), std::move(on_stop))) {
  ::signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of the write
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(number)) {  // nohup, and background jobs of scripts, mean it
      impl_->set.add(number);
    }
  }
  impl_->wait();
}

Signals::~Signals() {
  impl_->terminal.restore();
}

StopLevel Signals::level() const {
  return impl_->level;
}

int Signals::signal() const {
  return impl_->first;
}

}  // namespace runbook
