#include "modules/http/exchange.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "engine/base/hash.h"
#include "engine/base/utf8.h"
#include "engine/io/http.h"
#include "engine/io/http_url.h"
#include "modules/http/request.h"

namespace runbook::http {

namespace {

bool is_expected(int status, const std::vector<int>& expected) {
  return expected.empty() ? status >= 200 && status < 300
                          : std::find(expected.begin(), expected.end(), status) != expected.end();
}

[[noreturn]] void throw_status(const Call& call, const std::string& what,
                               const HttpResponse& response) {
  Error error(Code::http_status, fmt::format("{} answered {}", what, response.status));
  error.detail = {{"status", response.status}};
  // With `keep =` the body holds a secret that nobody has been told of yet.
  if (!call.keeps()) {
    error.detail["body"] = body_excerpt(response.body);
  }
  error.with_transient(is_transient_status(response.status));
  throw error.with_effect(status_effect(response.status));
}

bool says_json(const HttpResponse& response) {
  const std::string* type = response.header("content-type");
  const std::string_view media =
      type == nullptr ? "" : std::string_view(*type).substr(0, type->find(';'));
  return media == "application/json" || media.ends_with("+json");
}

/// The body as data. It may not be what was hoped for, but the request was carried out.
Json decode(const std::string& what, const HttpResponse& response, Decode how) {
  if (how == Decode::text || (how == Decode::if_json && !says_json(response))) {
    return nullptr;
  }
  Json value = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  if (!value.is_discarded()) {
    return value;
  }
  if (how == Decode::if_json) {
    return nullptr;
  }
  Error error(Code::json_invalid, what + ": the body of the answer is not valid JSON");
  throw error.with_effect(EffectDone::done);
}

Json headers_of(const HttpResponse& response) {
  Json headers = Json::object();
  for (const auto& [name, value] : response.headers) {
    const std::string text = is_utf8(value) ? value : body_excerpt(value);
    const auto [entry, is_new] = headers.emplace(name, text);
    if (!is_new) {
      *entry = entry->get<std::string>() + ", " + text;
    }
  }
  return headers;
}

}  // namespace

Task<Json> exchange(Call& call, std::string method) {
  HttpRequest request = read_request(call, method, call.host().root.string());
  const std::string what = method + " " + parse_origin(request.url).shown();
  const Decode how = read_decode(call);
  const std::vector<int> expected = read_expected(call);
  request.may_go_to = [&call](const std::string& url) { call.check_net(url); };
  const HttpResponse response = co_await call.host().http.send(std::move(request), call.cancel());
  call.log(Stream::err, fmt::format("{}: {}, {} bytes, {} ms", what, response.status,
                                    response.body.size(), response.duration.count()));
  if (!is_expected(response.status, expected)) {
    throw_status(call, what, response);
  }
  Json result = {{"status", response.status},
                 {"headers", headers_of(response)},
                 {"value", decode(what, response, how)},
                 {"ms", response.duration.count()}};
  if (is_utf8(response.body)) {
    result["body"] = response.body;
  } else {
    result["base64"] = to_base64(response.body);
  }
  co_return result;
}

}  // namespace runbook::http
