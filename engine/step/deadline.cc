#include "engine/step/deadline.h"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace runbook {

struct Deadline::Timer {
  explicit Timer(Loop& loop) : timer(loop.context()) {}
  boost::asio::steady_timer timer;
  bool passed = false;
};

Deadline::Deadline(Loop& loop, std::chrono::milliseconds after, CancelPtr node)
    : timer_(std::make_shared<Timer>(loop)) {
  timer_->timer.expires_after(after);
  timer_->timer.async_wait(
      [timer = timer_, node = std::move(node)](boost::system::error_code failed) {
        if (!failed) {
          timer->passed = true;
          node->request(CancelReason::timeout);
        }
      });
}

Deadline::~Deadline() {
  timer_->timer.cancel();
}

bool Deadline::passed() const {
  return timer_->passed;
}

}  // namespace runbook
