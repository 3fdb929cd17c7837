#pragma once
// HTTP client on libcurl's multi interface, opened with dlopen on first use. TLS is verified,
// always. HTTP/1.1 unless asked otherwise. Proxies come from the environment.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/io/loop.h"

namespace runbook {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds timeout{30'000};
  std::chrono::milliseconds connect_timeout{10'000};
  std::size_t max_bytes = std::size_t{64} << 20;  ///< of the response body
  bool follow_redirects =
      false;  ///< GET and HEAD only; never carries Authorization to another host
  /// Asked before every hop after the first; what it throws leaves send(). Empty: anywhere.
  std::function<void(const std::string& url)> may_go_to;
  bool http2 = false;
  /// It only looks, or again is the same as once: sent a second time, by itself, if the server
  /// closes a kept connection before it answers. Always so for GET and HEAD; otherwise that is
  /// http_request_lost.
  bool may_resend = false;
  std::string ca_file;  ///< PEM, instead of the system's
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case, in order
  std::string body;
  std::chrono::milliseconds duration{0};
  const std::string* header(std::string_view lower_case_name) const;
};

/// What an error status proves: none for 4xx, 501, 505, 307 and 308 (refused) · done for 2xx ·
/// unknown for the rest (a 500 may have failed half-way, a gateway only lost the answer, a 303
/// mostly follows success).
EffectDone status_effect(int status);
/// 408, 429, 502, 503, 504: the same request may succeed later.
bool is_transient_status(int status);
/// At most the first 1000 bytes of a body, for messages and details, without what is not UTF-8.
std::string body_excerpt(std::string_view body);

class HttpClient {
 public:
  /// REQUIRES: SIGPIPE is ignored (Signals does); OpenSSL writes to closed connections. Outlived by
  /// the loop.
  explicit HttpClient(Loop& loop);
  ~HttpClient();

  /// Opens libcurl on first use. Any status is a response; a redirect that may not be followed
  /// (beyond ten, from https to http, to another protocol) is one too. To another scheme, host or
  /// port go only Accept, Accept-Language and User-Agent. Otherwise throws Error, `effect` telling
  /// whether the server can have acted: url_invalid, http_connection, http_tls (none) ·
  /// http_timed_out, http_request_lost, http_too_large (unknown once any byte of the request was
  /// sent, else none); all but url_invalid, http_tls and http_too_large are transient; also
  /// option_invalid (a header with a line break) and http_unavailable (no libcurl), none. Messages
  /// and details show of the URL only "scheme://host/…". Throws Cancelled when `cancel` is
  /// requested (a stop: from level terminate on; at level interrupt it goes on).
  Task<HttpResponse> send(HttpRequest request, CancelPtr cancel);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runbook
