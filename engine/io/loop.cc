#include "engine/io/loop.h"

#include <exception>
#include <list>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

namespace runbook {

namespace asio = boost::asio;

namespace {
constexpr std::size_t kPoolThreads = 2;
}

struct Loop::Impl {
  explicit Impl(Clock& the_clock) : clock(the_clock) {}

  Clock& clock;
  // Only the thread in run() executes handlers; the pool and the journal thread post.
  asio::io_context context{1};
  std::optional<asio::thread_pool> pool;  // started on first use
  std::function<void()> idle;
  bool stopping = false;
  std::exception_ptr failure;  // the first that left a coroutine

  void rethrow() {
    if (failure) {
      std::rethrow_exception(std::exchange(failure, nullptr));
    }
  }
};

Loop::Loop(Clock& clock) : impl_(std::make_unique<Impl>(clock)) {}

Loop::~Loop() {
  if (impl_->pool) {
    impl_->pool->join();
  }
}

asio::io_context& Loop::context() {
  return impl_->context;
}

Clock& Loop::clock() {
  return impl_->clock;
}

void Loop::spawn(Task<void> task) {
  asio::co_spawn(impl_->context, std::move(task), [this](const std::exception_ptr& failure) {
    // Kept, not thrown: what leaves two coroutines within one turn would reach run() as Asio's
    // multiple_exceptions, which nobody expects.
    if (failure && !impl_->failure) {
      impl_->failure = failure;
      impl_->context.stop();
    }
  });
}

void Loop::run() {
  impl_->stopping = false;
  impl_->context.restart();
  while (!impl_->stopping) {
    impl_->context.poll();
    impl_->rethrow();
    if (impl_->idle && !impl_->stopping) {
      impl_->idle();
    }
    if (impl_->stopping) {
      return;
    }
    // Having run out of work stops the context; the hook may have brought some.
    if (impl_->context.stopped()) {
      impl_->context.restart();
    }
    const bool ran = impl_->context.run_one() != 0;
    impl_->rethrow();
    if (!ran) {
      return;
    }
  }
}

void Loop::stop() {
  impl_->stopping = true;
  impl_->context.stop();
}

void Loop::on_idle(std::function<void()> hook) {
  impl_->idle = std::move(hook);
}

Task<void> Loop::sleep(std::chrono::milliseconds duration, CancelPtr cancel) {
  if (cancel && cancel->requested()) {
    throw Cancelled(cancel->reason());
  }
  asio::steady_timer timer(impl_->context, duration);
  Cancel::Registration registration;
  if (cancel) {
    registration = cancel->on_change([&timer] { timer.cancel(); });
  }
  boost::system::error_code ignored;  // cancelled or not is asked of the node below
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  if (cancel && cancel->requested()) {
    throw Cancelled(cancel->reason());
  }
}

Task<void> Loop::blocking(std::function<void()> work) {
  if (!impl_->pool) {
    impl_->pool.emplace(kPoolThreads);
  }
  auto start = [this](auto handler, std::function<void()> job) {
    asio::post(*impl_->pool, [this, handler = std::move(handler), job = std::move(job),
                              guard = asio::make_work_guard(impl_->context)]() mutable {
      std::exception_ptr failure;
      try {
        job();
      } catch (...) {  // handed to the waiting coroutine, which rethrows it
        failure = std::current_exception();
      }
      asio::post(impl_->context, [handler = std::move(handler), failure]() mutable {
        std::move(handler)(failure);
      });
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
      std::move(start), asio::use_awaitable, std::move(work));
}

struct Latch::Impl {
  struct Waiter {
    asio::steady_timer timer;  // never expires: cancelling it resumes the coroutine
    bool opened = false;
  };

  explicit Impl(asio::io_context& the_context) : context(the_context) {}

  asio::io_context& context;
  bool open = false;
  std::list<Waiter*> waiters;  // each lives in its coroutine's frame and unlinks itself
};

Latch::Latch(Loop& loop) : impl_(std::make_shared<Impl>(loop.context())) {}
Latch::~Latch() = default;

void Latch::open() {
  impl_->open = true;
  for (Impl::Waiter* waiter : impl_->waiters) {
    waiter->opened = true;
    waiter->timer.cancel();
  }
}

void Latch::close() {
  impl_->open = false;
}

bool Latch::is_open() const {
  return impl_->open;
}

Task<void> Latch::wait(CancelPtr cancel) {
  const std::shared_ptr<Impl> impl = impl_;
  if (cancel && cancel->requested()) {
    throw Cancelled(cancel->reason());
  }
  if (impl->open) {
    co_return;
  }
  Impl::Waiter waiter{asio::steady_timer(impl->context, asio::steady_timer::time_point::max())};
  struct Unlink {
    Impl& impl;
    std::list<Impl::Waiter*>::iterator position;
    ~Unlink() { impl.waiters.erase(position); }
  };
  const Unlink unlink{*impl, impl->waiters.insert(impl->waiters.end(), &waiter)};
  Cancel::Registration registration;
  if (cancel) {
    registration = cancel->on_change([&waiter] { waiter.timer.cancel(); });
  }
  boost::system::error_code ignored;  // why it ended is asked of the waiter below
  co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  if (!waiter.opened) {
    throw Cancelled(cancel->reason());
  }
}

}  // namespace runbook
