#include "engine/io/http_transfer.h"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "engine/base/duration.h"
#include "engine/io/http_sockets.h"

namespace runbook {

namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{256} << 10;
constexpr std::size_t kUsualHeaders = 8;
// From this size on curl would first ask "Expect: 100-continue" and wait a second for the answer.
constexpr std::size_t kExpectThreshold = std::size_t{64} << 10;

bool is_token(std::string_view text) {
  const auto is_token_byte = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_byte);
}

void check_header(std::string_view name, std::string_view value) {
  if (!is_token(name)) {
    refuse(Code::option_invalid, "a request header has a name that no header can have");
  }
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
    refuse(Code::option_invalid,
           fmt::format("the request header {} has a line break in its value", name));
  }
}

using SlistPtr = std::unique_ptr<curl_slist, decltype(&::curl_slist_free_all)>;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  return text;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::equal(
      text.begin(), text.end(), lower_case.begin(), lower_case.end(),
      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

}  // namespace

template <typename Value>
void HttpTransfer::set(CURLoption option, Value value) {
  RB_CHECK(api_.easy_setopt(easy_, option, value) == CURLE_OK);
}

HttpTransfer::HttpTransfer(const CurlApi& api, HttpSockets& sockets)
    : api_(api), sockets_(sockets), easy_(api.easy_init()) {
  RB_CHECK(easy_ != nullptr);
  set_constants();
}

HttpTransfer::~HttpTransfer() {
  api_.easy_cleanup(easy_);
  api_.slist_free_all(header_list_);
}

void HttpTransfer::set_constants() {
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_USERAGENT, "runbook");
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_ERRORBUFFER, &error_text_[0]);
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set(CURLOPT_HEADERFUNCTION, &HttpTransfer::on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_PREREQFUNCTION, &HttpTransfer::before_request);
  set(CURLOPT_PREREQDATA, static_cast<void*>(this));
  set(CURLOPT_OPENSOCKETFUNCTION, &HttpSockets::open);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&sockets_));
  set(CURLOPT_CLOSESOCKETFUNCTION, &HttpSockets::close);
  set(CURLOPT_CLOSESOCKETDATA, static_cast<void*>(&sockets_));
  // Without it an abort while a name is being looked up blocks the loop until the resolver's thread
  // has ended. Not checked: libcurl before 7.87 does not know it.
  api_.easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  told_ = Told{};
  api_.slist_free_all(std::exchange(header_list_, nullptr));
}

void HttpTransfer::prepare(const HttpRequest& request, std::chrono::milliseconds timeout) {
  if (worn_) {
    api_.easy_reset(easy_);
    set_constants();
    worn_ = false;
  }
  response_ = HttpResponse{};
  response_.headers.reserve(kUsualHeaders);
  error_text_[0] = '\0';
  header_bytes_ = 0;
  max_bytes_ = request.max_bytes;
  timeout_ = std::max(timeout, std::chrono::milliseconds(1));  // 0 would mean for ever
  attempts_ = 0;
  sent_before_ = 0;
  may_resend_ = request.may_resend || request.method == "GET" || request.method == "HEAD";
  resend_refused_ = false;
  too_large_ = false;
  set_url(request);
  set_method(request);
  set_limits(request);
  set_headers(request);
}

void HttpTransfer::set_url(const HttpRequest& request) {
  if (!request.ca_file.empty()) {
    set(CURLOPT_CAINFO, request.ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // else the system's are good as well
    worn_ = true;
  }
  if (told_.url == request.url) {
    return;
  }
  told_.url.clear();
  origin_ = parse_origin(request.url);
  set(CURLOPT_URL, request.url.c_str());
  // Null: what the environment says.
  set(CURLOPT_PROXY, origin_.is_loopback() ? "" : static_cast<const char*>(nullptr));
  told_.url = request.url;
}

void HttpTransfer::set_method(const HttpRequest& request) {
  const bool has_body = !request.body.empty() || request.method == "POST" ||
                        request.method == "PUT" || request.method == "PATCH";
  if (request.method != told_.method || has_body != told_.has_body) {
    if (!is_token(request.method)) {
      refuse(Code::option_invalid, "the request method is not a word");
    }
    const bool is_head = request.method == "HEAD";
    set(CURLOPT_HTTPGET, 1L);  // undoes what was set before
    if (is_head) {
      set(CURLOPT_NOBODY, 1L);
    } else if (has_body) {
      set(CURLOPT_POST, 1L);
    }
    const bool is_implied = is_head || request.method == (has_body ? "POST" : "GET");
    set(CURLOPT_CUSTOMREQUEST, is_implied ? nullptr : request.method.c_str());
    told_.method = request.method;
    told_.has_body = has_body;
  }
  if (has_body && request.method != "HEAD") {
    set(CURLOPT_POSTFIELDS, request.body.c_str());  // curl keeps the pointer
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
}

void HttpTransfer::set_limits(const HttpRequest& request) {
  if (timeout_ != told_.timeout) {
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_.count()));
    told_.timeout = timeout_;
  }
  const auto connect_timeout =
      std::clamp(request.connect_timeout, std::chrono::milliseconds(1), timeout_);
  if (connect_timeout != told_.connect_timeout) {
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_timeout.count()));
    told_.connect_timeout = connect_timeout;
  }
  if (request.http2 != told_.http2) {
    set(CURLOPT_HTTP_VERSION,
        request.http2 ? long{CURL_HTTP_VERSION_2TLS} : long{CURL_HTTP_VERSION_1_1});
    told_.http2 = request.http2;
  }
}

void HttpTransfer::set_headers(const HttpRequest& request) {
  const bool is_long = request.body.size() >= kExpectThreshold;
  if (header_list_ != nullptr && request.headers == told_.headers &&
      is_long == told_.without_expect) {
    return;
  }
  SlistPtr list(nullptr, api_.slist_free_all);
  const auto append = [this, &list](const std::string& line) {
    curl_slist* longer = api_.slist_append(list.get(), line.c_str());
    RB_CHECK(longer != nullptr);
    static_cast<void>(list.release());
    list.reset(longer);
  };
  bool has_content_type = false;
  for (const auto& [name, value] : request.headers) {
    check_header(name, value);
    // "Name:" would take a header of curl's own away; "Name;" is one that is empty.
    append(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
    has_content_type = has_content_type || equals_ignoring_case(name, "content-type");
  }
  if (!has_content_type) {
    append("Content-Type:");  // not that of a form
  }
  if (is_long) {
    append("Expect:");
  }
  set(CURLOPT_HTTPHEADER, list.get());
  api_.slist_free_all(header_list_);
  header_list_ = list.release();
  told_.headers = request.headers;
  told_.without_expect = is_long;
}

std::size_t HttpTransfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  HttpTransfer& transfer = *static_cast<HttpTransfer*>(self);
  const std::string_view line(data, size * count);
  transfer.header_bytes_ += line.size();
  if (transfer.header_bytes_ > kMaxHeaderBytes) {
    transfer.too_large_ = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) {
    transfer.response_.headers.clear();  // those of a 100 Continue, or of a first try
    return line.size();
  }
  if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
    std::string name(trimmed(line.substr(0, colon)));
    for (char& c : name) {
      c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    transfer.response_.headers.emplace_back(std::move(name), trimmed(line.substr(colon + 1)));
  }
  return line.size();
}

std::size_t HttpTransfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  HttpTransfer& transfer = *static_cast<HttpTransfer*>(self);
  std::string& body = transfer.response_.body;
  const std::size_t bytes = size * count;
  if (body.empty()) {
    curl_off_t announced = -1;
    transfer.api_.easy_getinfo(transfer.easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    if (announced > 0 && static_cast<std::size_t>(announced) <= transfer.max_bytes_) {
      body.reserve(static_cast<std::size_t>(announced));
    }
    transfer.too_large_ =
        announced > 0 && static_cast<std::size_t>(announced) > transfer.max_bytes_;
  }
  transfer.too_large_ = transfer.too_large_ || bytes > transfer.max_bytes_ - body.size();
  if (transfer.too_large_) {
    return 0;
  }
  body.append(data, bytes);
  return bytes;
}

// Called each time a connection (TLS and proxy included) is ready and the request is about to be
// written. A second time means that a kept connection was closed before an answer, and that curl is
// sending the request once more: it does so whatever the method is. We let it only where nothing
// can have been received, or where a second time does no harm.
int HttpTransfer::before_request(void* self, char*, char*, int, int) {
  HttpTransfer& transfer = *static_cast<HttpTransfer*>(self);
  if (transfer.attempts_ > 0) {
    transfer.worn_ = true;  // curl counts such retries over the life of the handle, up to five
    if (transfer.was_sent() && !transfer.may_resend_) {
      transfer.resend_refused_ = true;
      return CURL_PREREQFUNC_ABORT;
    }
  }
  ++transfer.attempts_;
  transfer.api_.easy_getinfo(transfer.easy_, CURLINFO_REQUEST_SIZE, &transfer.sent_before_);
  return CURL_PREREQFUNC_OK;
}

/// Whether a byte of the request can have reached the server.
bool HttpTransfer::was_sent() const {
  if (attempts_ == 0) {
    return false;
  }
  // A failing SSL_write may have sent whole records of a long request, and curl counts none.
  if (origin_.is_tls() || attempts_ > 1) {
    return true;
  }
  long sent = 0;
  api_.easy_getinfo(easy_, CURLINFO_REQUEST_SIZE, &sent);
  return sent > sent_before_;
}

Code HttpTransfer::code_of_failure() const {
  if (too_large_) {
    return Code::http_too_large;
  }
  switch (result) {
    case CURLE_URL_MALFORMAT:
      return Code::url_invalid;
    case CURLE_OPERATION_TIMEDOUT:
      return Code::http_timed_out;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return Code::http_tls;
    default:
      return was_sent() ? Code::http_request_lost : Code::http_connection;
  }
}

std::string HttpTransfer::reason_of_failure(const HttpRequest& request) const {
  if (too_large_) {
    return fmt::format("the answer is larger than {} bytes", request.max_bytes);
  }
  if (resend_refused_) {
    return "the server closed the kept connection before it answered; the request may have been "
           "received, so it was not sent again";
  }
  if (result == CURLE_OPERATION_TIMEDOUT) {
    return attempts_ == 0
               ? "no connection within " +
                     format_duration(std::min(
                         std::max(request.connect_timeout, std::chrono::milliseconds(1)), timeout_))
               : "no complete answer within " + format_duration(timeout_);
  }
  const std::string_view text = trimmed(&error_text_[0]);
  return text.empty() ? api_.easy_strerror(result) : std::string(text);
}

HttpResponse HttpTransfer::finish(const HttpRequest& request) {
  if (result == CURLE_OK) {
    long status = 0;
    api_.easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    return std::move(response_);
  }
  worn_ = true;
  response_ = HttpResponse{};
  const Code code = code_of_failure();
  Error error(
      code, fmt::format("{} {}: {}", request.method, origin_.shown(), reason_of_failure(request)));
  error.detail = {{"method", request.method}, {"url", origin_.shown()}, {"sent", was_sent()}};
  error.with_effect(was_sent() ? EffectDone::unknown : EffectDone::none);
  error.with_transient(code != Code::url_invalid && code != Code::http_tls &&
                       code != Code::http_too_large);
  throw error;
}

}  // namespace runbook
