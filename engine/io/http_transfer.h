#pragma once
// One HTTP request on a libcurl easy handle that is kept and used again: how the request is put
// into curl's terms, what came back so far, and what its failure means for the outside world.

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/io/http.h"
#include "engine/io/http_curl.h"
#include "engine/io/http_url.h"

namespace runbook {

class HttpSockets;

/// A suspended coroutine: resumed once, or destroyed with this. (The any_completion_handler of
/// Boost 1.81 constructs itself from itself for ever when a lambda holds it.)
struct Waiter {
  virtual ~Waiter() = default;
  virtual void resume() = 0;
};

class HttpTransfer {
 public:
  /// `sockets` opens and closes the connections; it outlives the transfer.
  HttpTransfer(const CurlApi& api, HttpSockets& sockets);
  ~HttpTransfer();
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  /// REQUIRES: not in flight; `request` stays where it is until the transfer has ended. Throws
  /// Error(Code::url_invalid), and Error(Code::option_invalid) for a method or header that would
  /// break the request's framing.
  void prepare(const HttpRequest& request, std::chrono::milliseconds timeout);
  /// The response, or the Error of its contract in http.h. REQUIRES: ended.
  HttpResponse finish(const HttpRequest& request);

  // For HttpMulti, which drives it.
  CURL* easy() const { return easy_; }
  bool in_flight = false;
  CURLcode result = CURLE_OK;
  std::unique_ptr<Waiter> waiter;

 private:
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static int before_request(void* self, char* remote_ip, char* local_ip, int remote_port,
                            int local_port);

  template <typename Value>
  void set(CURLoption option, Value value);
  void set_constants();
  void set_url(const HttpRequest& request);
  void set_method(const HttpRequest& request);
  void set_limits(const HttpRequest& request);
  void set_headers(const HttpRequest& request);
  bool was_sent() const;
  Code code_of_failure() const;
  std::string reason_of_failure(const HttpRequest& request) const;

  /// What the handle was told last: clients of one server say the same again and again.
  struct Told {
    std::string url;
    std::string method;
    bool has_body = false;
    std::chrono::milliseconds timeout{0};
    std::chrono::milliseconds connect_timeout{0};
    bool http2 = false;
    std::vector<std::pair<std::string, std::string>> headers;
    bool without_expect = false;
  };

  const CurlApi& api_;
  HttpSockets& sockets_;
  CURL* easy_;
  Told told_;
  HttpOrigin origin_;  ///< of told_.url
  curl_slist* header_list_ = nullptr;
  char error_text_[CURL_ERROR_SIZE] = {};
  HttpResponse response_;
  std::size_t header_bytes_ = 0;
  std::size_t max_bytes_ = 0;
  std::chrono::milliseconds timeout_{0};
  int attempts_ = 0;      ///< times a connection was ready and the request about to be sent
  long sent_before_ = 0;  ///< what curl had sent by then: CONNECT to a proxy, not the request
  bool may_resend_ = false;
  bool resend_refused_ = false;
  bool too_large_ = false;
  bool worn_ = false;  ///< holds options or counters that only a reset clears
};

}  // namespace runbook
