#pragma once
// HTTP client on libcurl's multi interface, opened with dlopen on first use. TLS is verified,
// always. HTTP/1.1 unless asked otherwise. Proxies come from the environment.

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

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
  bool http2 = false;
  std::string ca_file;  ///< PEM, instead of the system's
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case, in order
  std::string body;
  std::chrono::milliseconds duration{0};
  const std::string* header(std::string_view lower_case_name) const;
};

class HttpClient {
 public:
  explicit HttpClient(Loop& loop);
  ~HttpClient();

  /// Any status is a response. Otherwise throws Error, `effect` telling whether the server can have
  /// acted: url_invalid, http_connection, http_tls (none) · http_timed_out, http_request_lost,
  /// http_too_large (unknown once any byte of the request was sent, else none); all but
  /// url_invalid, http_tls and http_too_large are transient. Throws Cancelled when `cancel` is
  /// requested (a stop: from level terminate on; at level interrupt it goes on).
  Task<HttpResponse> send(HttpRequest request, CancelPtr cancel);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runbook
