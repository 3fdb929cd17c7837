#include "engine/io/http.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/io/http_curl.h"
#include "engine/io/http_multi.h"
#include "engine/io/http_transfer.h"
#include "engine/io/http_url.h"

namespace runbook {

namespace {

constexpr int kMaxRedirects = 10;

/// At level interrupt a stop lets what is under way come to its end.
bool ends_requests(const Cancel& cancel) {
  return cancel.requested() &&
         (cancel.reason() != CancelReason::stop || cancel.level() >= StopLevel::terminate);
}

/// Holds a transfer for one request; keeps the sockets alive for as long as a coroutine uses them.
class Lease {
 public:
  explicit Lease(std::shared_ptr<HttpMulti> multi)
      : multi_(std::move(multi)), transfer_(multi_->acquire()) {}
  ~Lease() { multi_->release(transfer_); }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  HttpMulti& multi() { return *multi_; }
  HttpTransfer& transfer() { return transfer_; }

 private:
  std::shared_ptr<HttpMulti> multi_;
  HttpTransfer& transfer_;
};

/// `target` as seen from `base`, or nothing if a redirect may not go there.
std::optional<std::string> resolve_redirect(const std::string& base, const std::string& target) {
  const CurlApi& api = curl_api();
  const std::unique_ptr<CURLU, decltype(&::curl_url_cleanup)> url(api.url(), api.url_cleanup);
  if (api.url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK ||
      api.url_set(url.get(), CURLUPART_URL, target.c_str(), CURLU_URLENCODE) != CURLUE_OK) {
    return std::nullopt;
  }
  char* text = nullptr;
  if (api.url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) {
    return std::nullopt;
  }
  std::string resolved(text);
  api.free(text);
  const bool allowed = resolved.starts_with("https://") ||
                       (resolved.starts_with("http://") && !parse_origin(base).is_tls());
  return allowed ? std::optional(std::move(resolved)) : std::nullopt;
}

std::optional<std::string> redirect_target(const HttpRequest& request,
                                           const HttpResponse& response) {
  const int status = response.status;
  const bool is_redirect = (status >= 301 && status <= 303) || status == 307 || status == 308;
  const bool only_looks = request.method == "GET" || request.method == "HEAD";
  const std::string* location = response.header("location");
  if (!request.follow_redirects || !is_redirect || !only_looks || location == nullptr) {
    return std::nullopt;
  }
  return resolve_redirect(request.url, *location);
}

/// Other hosts get nothing that could be a credential, whatever its name is.
void drop_credentials(HttpRequest& request) {
  std::erase_if(request.headers, [](const auto& header) {
    std::string name = header.first;
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return name != "accept" && name != "accept-language" && name != "user-agent";
  });
  request.body.clear();
}

std::chrono::milliseconds since(Clock& clock, std::chrono::steady_clock::time_point started) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock.steady() - started);
}

/// One request on its way, as its Cancel node sees it.
struct Abortable {
  Lease& lease;
  const Cancel& cancel;
  bool is_aborted = false;

  void look() {
    if (lease.transfer().in_flight && ends_requests(cancel)) {
      is_aborted = true;
      lease.multi().abort(lease.transfer());
    }
  }
};

}  // namespace

EffectDone status_effect(int status) {
  if (status >= 200 && status < 300) {
    return EffectDone::done;
  }
  const bool refused = (status >= 400 && status < 500) || status == 501 || status == 505 ||
                       status == 307 || status == 308;
  return refused ? EffectDone::none : EffectDone::unknown;
}

bool is_transient_status(int status) {
  return status == 408 || status == 429 || status == 502 || status == 503 || status == 504;
}

std::string body_excerpt(std::string_view body) {
  constexpr std::size_t kLimit = 1000;
  const Json checked(std::string(body.substr(0, kLimit)));
  std::string text = Json::parse(checked.dump(-1, ' ', false, Json::error_handler_t::ignore));
  return body.size() > kLimit ? text + "…" : text;
}

const std::string* HttpResponse::header(std::string_view lower_case_name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& header) {
    return header.first == lower_case_name;
  });
  return found == headers.end() ? nullptr : &found->second;
}

struct HttpClient::Impl {
  Loop& loop;
  std::shared_ptr<HttpMulti> multi;  // opened on first use; shared with what is in flight
};

HttpClient::HttpClient(Loop& loop) : impl_(std::make_unique<Impl>(Impl{loop, nullptr})) {}

HttpClient::~HttpClient() {
  if (impl_->multi) {
    impl_->multi->close();
  }
}

Task<HttpResponse> HttpClient::send(HttpRequest request, CancelPtr cancel) {
  if (!impl_->multi) {
    impl_->multi = std::make_shared<HttpMulti>(impl_->loop, curl_api());
  }
  if (!cancel) {
    cancel = Cancel::root();
  }
  Lease lease(impl_->multi);
  Clock& clock = impl_->loop.clock();
  const auto started = clock.steady();
  for (int redirects = 0;; ++redirects) {
    lease.transfer().prepare(request, request.timeout - since(clock, started));
    if (ends_requests(*cancel)) {
      throw Cancelled(cancel->reason());
    }
    Abortable abortable{lease, *cancel};
    const Cancel::Registration registration = cancel->on_change([&abortable] { abortable.look(); });
    co_await lease.multi().perform(lease.transfer());
    if (abortable.is_aborted) {
      throw Cancelled(cancel->reason());
    }
    HttpResponse response = lease.transfer().finish(request);
    response.duration = since(clock, started);
    std::optional<std::string> target = redirect_target(request, response);
    if (!target || redirects == kMaxRedirects) {
      co_return response;
    }
    if (request.may_go_to) {
      request.may_go_to(*target);
    }
    if (parse_origin(*target) != parse_origin(request.url)) {
      drop_credentials(request);
    }
    request.url = std::move(*target);
  }
}

}  // namespace runbook
