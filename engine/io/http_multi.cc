#include "engine/io/http_multi.h"

#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include "engine/base/error.h"

namespace runbook {

namespace asio = boost::asio;

namespace {
// Kept connections in all; curl's own limit (4 for each transfer there is) shrinks with the
// traffic.
constexpr long kKeptConnections = 256;

template <typename Handler>
struct HandlerWaiter final : Waiter {
  explicit HandlerWaiter(Handler the_handler) : handler(std::move(the_handler)) {}
  void resume() override { std::move(handler)(); }
  Handler handler;
};

}  // namespace

HttpMulti::HttpMulti(Loop& loop, const CurlApi& api)
    : api_(api), context_(loop.context()), multi_(api.multi_init()), timer_(context_) {
  RB_CHECK(multi_ != nullptr);
  api_.multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &HttpMulti::on_socket);
  api_.multi_setopt(multi_, CURLMOPT_SOCKETDATA, static_cast<void*>(this));
  api_.multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &HttpMulti::on_timer);
  api_.multi_setopt(multi_, CURLMOPT_TIMERDATA, static_cast<void*>(this));
  api_.multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kKeptConnections);
  readable_.emplace(context_, sockets_.epoll());
}

HttpMulti::~HttpMulti() {
  close();
}

void HttpMulti::close() {
  if (multi_ == nullptr) {
    return;
  }
  // Destroying a waiter destroys the coroutine, which gives its transfer back: not while curl, or
  // this loop, is using the list.
  std::deque<std::unique_ptr<Waiter>> dropped = std::move(ended_);
  ended_.clear();
  for (const std::unique_ptr<HttpTransfer>& transfer : transfers_) {
    if (transfer->in_flight) {
      api_.multi_remove_handle(multi_, transfer->easy());
      transfer->in_flight = false;
      dropped.push_back(std::move(transfer->waiter));
    }
  }
  in_flight_ = 0;
  timer_.cancel();
  readable_->release();  // sockets_ closes it
  readable_.reset();
  api_.multi_cleanup(std::exchange(multi_, nullptr));
}

HttpTransfer& HttpMulti::acquire() {
  if (free_.empty()) {
    transfers_.push_back(std::make_unique<HttpTransfer>(api_, sockets_));
    free_.push_back(transfers_.back().get());
  }
  HttpTransfer& transfer = *free_.back();
  free_.pop_back();
  return transfer;
}

void HttpMulti::release(HttpTransfer& transfer) {
  free_.push_back(&transfer);
}

Task<void> HttpMulti::perform(HttpTransfer& transfer) {
  auto begin = [this](auto handler, HttpTransfer* started) {
    started->waiter = std::make_unique<HandlerWaiter<decltype(handler)>>(std::move(handler));
    start(*started);
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      std::move(begin), asio::use_awaitable, &transfer);
}

// Called by the coroutine itself, so it must not be resumed from here.
void HttpMulti::start(HttpTransfer& transfer) {
  transfer.in_flight = true;
  ++in_flight_;
  if (api_.multi_add_handle(multi_, transfer.easy()) != CURLM_OK) {
    finish(transfer, CURLE_FAILED_INIT);
  }
  if (is_settling_) {
    return;  // settle begins all the new ones at once
  }
  serve_timeouts();  // curl begins a transfer from its timer
  wait_for_sockets();
  if (!ended_.empty()) {
    settle_soon();
  }
}

void HttpMulti::abort(HttpTransfer& transfer) {
  if (transfer.in_flight) {
    api_.multi_remove_handle(multi_, transfer.easy());
    finish(transfer, CURLE_ABORTED_BY_CALLBACK);
    settle_soon();
  }
}

void HttpMulti::finish(HttpTransfer& transfer, CURLcode result) {
  transfer.result = result;
  transfer.in_flight = false;
  --in_flight_;
  ended_.push_back(std::move(transfer.waiter));
}

int HttpMulti::on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) {
  static_cast<HttpMulti*>(self)->sockets_.watch(fd, what);
  return 0;
}

int HttpMulti::on_timer(CURLM*, long milliseconds, void* self) {
  HttpMulti& multi = *static_cast<HttpMulti*>(self);
  multi.is_due_ = milliseconds == 0;
  if (milliseconds > 0) {
    multi.deadline_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  } else {
    multi.deadline_.reset();
  }
  return 0;
}

void HttpMulti::serve_sockets() {
  int running = 0;
  for (const HttpSockets::Ready& socket : sockets_.ready()) {
    api_.multi_socket_action(multi_, socket.fd, socket.action, &running);
  }
}

void HttpMulti::serve_timeouts() {
  int running = 0;
  do {
    while (std::exchange(is_due_, false)) {
      api_.multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    collect();
  } while (is_due_);  // taking a finished transfer out may set curl's timer too
  wait_for_timeout();
}

void HttpMulti::collect() {
  int left = 0;
  while (CURLMsg* message = api_.multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) {
      continue;
    }
    const CURLcode result = message->data.result;  // gone once the handle is removed
    HttpTransfer* transfer = nullptr;
    api_.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    api_.multi_remove_handle(multi_, transfer->easy());
    finish(*transfer, result);
  }
}

/// Resumes those whose transfers have ended, and waits for the rest, or for nothing: a wait that
/// nobody needs would keep Loop::run from ending.
void HttpMulti::settle() {
  struct Settling {  // an exception of a coroutine leaves through Loop::run: the others still come
    HttpMulti& multi;
    bool is_done = false;
    ~Settling() {
      multi.is_settling_ = false;
      if (!is_done && multi.multi_ != nullptr) {
        multi.settle_soon();
      }
    }
  };
  Settling settling{*this};
  is_settling_ = true;
  do {
    serve_timeouts();  // begins the requests that were sent meanwhile
    while (!ended_.empty()) {
      const std::unique_ptr<Waiter> waiter = std::move(ended_.front());
      ended_.pop_front();
      waiter->resume();
      if (multi_ == nullptr) {
        return;  // close() has taken the others
      }
    }
  } while (is_due_);
  settling.is_done = true;
  if (in_flight_ > 0) {
    wait_for_sockets();
  } else {
    rest();
  }
}

void HttpMulti::settle_soon() {
  if (is_settling_ || std::exchange(will_settle_, true)) {
    return;
  }
  asio::post(context_, [weak = weak_from_this()] {
    const std::shared_ptr<HttpMulti> self = weak.lock();
    if (self && self->multi_ != nullptr) {
      self->will_settle_ = false;
      self->settle();
    }
  });
}

void HttpMulti::wait_for_sockets() {
  if (std::exchange(is_waiting_, true)) {
    return;
  }
  readable_->async_wait(asio::posix::stream_descriptor::wait_read,
                        [weak = weak_from_this()](const boost::system::error_code& failure) {
                          const std::shared_ptr<HttpMulti> self = weak.lock();
                          if (!self || self->multi_ == nullptr) {
                            return;
                          }
                          self->is_waiting_ = false;
                          if (!failure) {
                            self->serve_sockets();
                          }
                          self->settle();
                        });
}

// curl moves its next deadline with every request, mostly to a later time: a timer that is already
// set for an earlier one is left alone and looks again when it fires.
void HttpMulti::wait_for_timeout() {
  if (!deadline_ || (armed_ && *armed_ <= *deadline_)) {
    return;
  }
  armed_ = deadline_;
  timer_.expires_at(*armed_);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& failure) {
    const std::shared_ptr<HttpMulti> self = weak.lock();
    if (failure || !self || self->multi_ == nullptr) {
      return;
    }
    self->armed_.reset();
    self->is_due_ = self->deadline_ && *self->deadline_ <= std::chrono::steady_clock::now();
    self->settle();
  });
}

void HttpMulti::rest() {
  if (is_waiting_) {
    readable_->cancel();
  }
  if (armed_) {
    timer_.cancel();
    armed_.reset();
  }
}

}  // namespace runbook
