#include "modules/chainlink/node.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/secret_forms.h"
#include "engine/io/http_url.h"
#include "modules/chainlink/document.h"

namespace runbook::chainlink {

namespace {

constexpr std::chrono::milliseconds kTimeout{60'000};
constexpr std::chrono::milliseconds kRequestTimeout{30'000};
constexpr std::chrono::milliseconds kFirstPause{1'000};
constexpr std::chrono::milliseconds kLongestPause{30'000};
constexpr std::size_t kMaxAnswer = std::size_t{16} << 20;
/// WebServer.HTTPMaxSize of a node, unless its configuration says otherwise.
constexpr std::size_t kMaxRequest = 32'768;
constexpr int kUnauthorized = 401;
constexpr int kTooMany = 429;
constexpr std::string_view kHidden = "…";
constexpr std::string_view kCookieName = "clsession=";
/// A session's own cookie is some hundred characters.
constexpr std::size_t kMaxCookie = 4096;

/// `Retry-After: 5`; a date, or nonsense, is no pause of its own.
std::optional<std::chrono::milliseconds> retry_after(const HttpResponse& response) {
  const std::string* text = response.header("retry-after");
  const bool is_seconds = text != nullptr && !text->empty() && text->size() < 6 &&
                          std::ranges::all_of(*text, [](char c) { return c >= '0' && c <= '9'; });
  return is_seconds ? std::optional(std::chrono::milliseconds(std::stoi(*text) * 1000))
                    : std::nullopt;
}

std::string session_cookie(const HttpResponse& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "set-cookie" && value.starts_with(kCookieName) && value.size() <= kMaxCookie) {
      std::string cookie = value.substr(0, value.find(';'));
      return cookie.size() >= kCookieName.size() + kShortestSecret ? cookie : "";
    }
  }
  return "";
}

/// A server may say back what it was told, in as many pieces as it likes.
void hide(std::string& text, std::string_view secret) {
  std::string shown;
  std::size_t from = 0;
  for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, from)) {
    shown.append(text, from, at - from).append(kHidden);
    from = at + secret.size();
  }
  if (from > 0) {
    text = shown.append(text, from);
  }
}

/// What of a failure of the connection is ours to say; the rest has errors of its own.
/// `request` is how such an error begins, which would say the address twice.
Error as_unreachable(const Error& error, const std::string& name, const std::string& request) {
  const bool is_connection = error.code == Code::http_connection ||
                             error.code == Code::http_timed_out ||
                             error.code == Code::http_request_lost;
  if (!is_connection) {
    return error;
  }
  const std::string reason = without_prefix(error.message, request);
  Error own(Code::chainlink_unreachable, fmt::format("{} does not answer: {}", name, reason), {},
            error.detail);
  own.with_transient(error.transient);
  return own.with_effect(error.effect);
}

}  // namespace

Node::Node(Call& call, Access access)
    : call_(call),
      access_(access),
      url_(call.text("url")),
      deadline_(call.host().loop.clock().steady() + call.duration_or("timeout", kTimeout)) {
  const std::string shown = parse_origin(url_).shown();
  name_ = call.has("node") ? fmt::format("{} ({})", call.text("node"), shown) : shown;
  if (url_.find_first_of("?#") != std::string::npos) {
    refuse(Code::option_invalid, "option \"url\" is the node's own address, without ? and #");
  }
  while (url_.ends_with('/')) {
    url_.pop_back();
  }
  if (access_ == Access::login) {
    check_login();
  }
}

void Node::check_login() {
  const bool has_key = call_.has("api_key") || call_.has("api_secret");
  const int ways = int{has_key} + int{call_.has("email")} + int{call_.has("credentials")};
  if (ways != 1) {
    refuse(Code::option_invalid,
           fmt::format("{}: give one of email and password, credentials, or api_key and api_secret",
                       name_));
  }
  const char* secret = has_key ? "api_secret" : call_.has("email") ? "password" : "credentials";
  if (!call_.has(secret) || (has_key && !call_.has("api_key"))) {
    refuse(Code::chainlink_login, fmt::format("{}: no {} is known", name_, secret),
           "secrets that a resume needs are declared outside steps");
  }
  if (call_.host().secrets != nullptr && !call_.holds_secret(call_.text(secret))) {
    refuse(Code::option_invalid, fmt::format("{}: the {} is no secret", name_, secret),
           fmt::format("declare it: secret(\"{0}\", {{ env = \"…\" }}), or file = a path", secret));
  }
  if (!has_key) {
    session_ = session_of(call_);
  }
}

std::chrono::milliseconds Node::left() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ -
                                                               call_.host().loop.clock().steady());
}

HttpRequest Node::http_request(const Request& request, const std::string& cookie) {
  HttpRequest http;
  http.method = request.method;
  http.url = url_ + request.path;
  http.headers.emplace_back("Accept", "application/json");
  if (!request.body.empty()) {
    http.headers.emplace_back("Content-Type", "application/json");
  }
  if (!cookie.empty()) {
    http.headers.emplace_back("Cookie", cookie);
  } else if (access_ == Access::login && session_ == nullptr) {
    http.headers.emplace_back("X-API-KEY", call_.text("api_key"));
    http.headers.emplace_back("X-API-SECRET", call_.text("api_secret"));
  }
  http.body = request.body;
  http.timeout = std::min(call_.duration_or("request_timeout", kRequestTimeout), left());
  http.max_bytes = kMaxAnswer;
  if (call_.has("ca_file")) {
    http.ca_file = (call_.host().root / call_.text("ca_file")).lexically_normal().string();
  }
  return http;
}

Task<HttpResponse> Node::send_once(const Request& request, const std::string& cookie) {
  HttpRequest http = http_request(request, cookie);
  HttpResponse response;
  try {
    response = co_await call_.host().http.send(std::move(http), call_.cancel());
  } catch (const Error& error) {
    Error own = as_unreachable(error, name_,
                               fmt::format("{} {}: ", request.method, parse_origin(url_).shown()));
    own.with_effect(request.method == "GET" ? EffectDone::none : error.effect);
    throw own;
  }
  if (!cookie.empty()) {
    hide(response.body, std::string_view(cookie).substr(kCookieName.size()));
  }
  co_return response;
}

Task<HttpResponse> Node::patiently(const Request& request, const std::string& cookie) {
  std::chrono::milliseconds pause = kFirstPause;
  for (;;) {
    HttpResponse response = co_await send_once(request, cookie);
    if (response.status != kTooMany) {
      co_return response;
    }
    const std::chrono::milliseconds wait = retry_after(response).value_or(pause);
    if (wait >= left()) {
      throw Error(
          Code::chainlink_rate_limited,
          fmt::format("{} takes no more requests for now: {}", name_, words_of(response.body)),
          "raise timeout =, or ask it less at a time; then runbook resume")
          .with_transient()
          .with_effect(EffectDone::none);
    }
    const std::string why = fmt::format("{} takes no more requests for now", name_);
    call_.waits(why, call_.host().loop.clock().now() + left().count());
    call_.log(Stream::err, fmt::format("{}; again in {}", why, format_duration(wait)));
    co_await call_.host().loop.sleep(wait, call_.cancel());
    call_.waits({}, 0);
    pause = std::min(pause * 2, kLongestPause);
  }
}

// Whatever happens here, what the call is about has not been asked for yet.
Task<std::string> Node::log_in() {
  const Login login = login_of(call_);
  const Request request{"POST", "/sessions",
                        dump_json({{"email", login.email}, {"password", login.password}})};
  HttpResponse response;
  try {
    response = co_await patiently(request, "");
  } catch (const Error& error) {
    Error own = error;
    throw own.with_effect(EffectDone::none);
  }
  const NodeReply reply{response.status, std::move(response.body)};
  if (is_absent(request, reply) || reply.status < 200 || reply.status > 299) {
    Error refused = failure_of(request, reply);
    throw refused.with_effect(EffectDone::none);
  }
  std::string cookie = session_cookie(response);
  if (cookie.empty()) {
    Error strange = strange_answer("it answers a login without a session");
    throw strange.with_effect(EffectDone::none);
  }
  co_return cookie;
}

Task<NodeReply> Node::exchange(Request request) {
  for (bool is_second = false;; is_second = true) {
    std::string cookie;
    if (session_ != nullptr) {
      std::function<Task<std::string>()> log_in = [this] { return this->log_in(); };
      cookie = co_await session_->cookie(std::move(log_in), call_.cancel());
    }
    HttpResponse response = co_await patiently(request, cookie);
    const NodeReply reply{response.status, std::move(response.body)};
    if (reply.status != kUnauthorized || session_ == nullptr || is_second) {
      co_return reply;
    }
    session_->forget(cookie);
  }
}

Task<Json> Node::get(std::string path) {
  Request request{"GET", std::move(path)};
  const NodeReply reply = co_await exchange(request);
  co_return document_of(request, reply);
}

Task<std::optional<Json>> Node::find(std::string path) {
  Request request{"GET", std::move(path)};
  const NodeReply reply = co_await exchange(request);
  std::optional<Json> found;
  if (!is_absent(request, reply)) {
    found = document_of(request, reply);
  }
  co_return found;
}

Task<Json> Node::send(std::string method, std::string path, Json body) {
  Request request{std::move(method), std::move(path), body.is_null() ? "" : dump_json(body)};
  if (request.body.size() > kMaxRequest) {
    refuse(Code::chainlink_refused,
           fmt::format("{}: the request would have {} bytes, and a node takes {}", name_,
                       request.body.size(), kMaxRequest),
           "make the job spec shorter");
  }
  const NodeReply reply = co_await exchange(request);
  if (is_absent(request, reply)) {
    throw failure_of(request, reply);
  }
  co_return document_of(request, reply);
}

Task<bool> Node::remove(std::string path) {
  Request request{"DELETE", std::move(path)};
  const NodeReply reply = co_await exchange(request);
  if (is_absent(request, reply)) {
    co_return false;
  }
  document_of(request, reply);
  co_return true;
}

Task<NodeReply> Node::look(std::string path) {
  Request request{"GET", std::move(path)};
  co_return co_await exchange(request);
}

}  // namespace runbook::chainlink
