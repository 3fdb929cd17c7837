#pragma once
// Many transfers at once on libcurl's multi interface: one epoll descriptor of our own, nested in
// Asio's, and fed to curl_multi_socket_action (one Asio object per socket is 40 % slower). No
// callback of curl runs anybody else's code: coroutines are resumed when curl has returned.

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "engine/io/http_curl.h"
#include "engine/io/http_sockets.h"
#include "engine/io/http_transfer.h"
#include "engine/io/loop.h"

namespace runbook {

class HttpMulti : public std::enable_shared_from_this<HttpMulti> {
 public:
  HttpMulti(Loop& loop, const CurlApi& api);
  ~HttpMulti();
  HttpMulti(const HttpMulti&) = delete;
  HttpMulti& operator=(const HttpMulti&) = delete;

  /// A transfer for one user at a time, who gives it back when nothing is in flight.
  HttpTransfer& acquire();
  void release(HttpTransfer& transfer);

  /// Runs a prepared transfer to its end, which is then in `transfer.result`. At most one waiter.
  Task<void> perform(HttpTransfer& transfer);
  /// Ends it at once with CURLE_ABORTED_BY_CALLBACK; nothing happens if it has ended already.
  void abort(HttpTransfer& transfer);
  /// Drops everything in flight together with the coroutines that wait for it; nothing may be
  /// started after.
  void close();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void* socket);
  static int on_timer(CURLM* multi, long milliseconds, void* self);

  void start(HttpTransfer& transfer);
  void finish(HttpTransfer& transfer, CURLcode result);
  void serve_sockets();
  void serve_timeouts();
  void collect();
  void settle();
  void settle_soon();
  void wait_for_sockets();
  void wait_for_timeout();
  void rest();

  const CurlApi& api_;
  boost::asio::io_context& context_;
  HttpSockets sockets_;
  CURLM* multi_;
  std::vector<std::unique_ptr<HttpTransfer>> transfers_;
  std::vector<HttpTransfer*> free_;
  std::size_t in_flight_ = 0;

  std::optional<boost::asio::posix::stream_descriptor> readable_;  ///< the epoll descriptor
  boost::asio::steady_timer timer_;
  std::optional<TimePoint> deadline_;          ///< when curl wants to be called again
  std::optional<TimePoint> armed_;             ///< when timer_ will fire
  bool is_due_ = false;                        ///< curl wants to be called at once
  bool is_waiting_ = false;                    ///< for the epoll descriptor
  std::deque<std::unique_ptr<Waiter>> ended_;  ///< whose transfers have, to be resumed
  bool is_settling_ = false;
  bool will_settle_ = false;
};

}  // namespace runbook
