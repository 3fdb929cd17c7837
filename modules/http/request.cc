#include "modules/http/request.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "engine/io/http_headers.h"
#include "engine/io/http_url.h"

namespace runbook::http {

namespace {

std::string scalar(const char* option, const std::string& key, const Json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_number() || value.is_boolean()) {
    return value.dump();
  }
  refuse(Code::option_invalid, std::string("option \"") + option + "\": " + key +
                                   " must be text, a number, true or false, or a list of them");
}

/// a=1&b=2, as both queries and forms are written; a list repeats its key.
std::string encode_pairs(const char* option, const Json& pairs) {
  std::string text;
  const auto add = [&](const std::string& key, const Json& value) {
    text += (text.empty() ? "" : "&") + percent_encode(key) + "=" +
            percent_encode(scalar(option, key, value));
  };
  for (const auto& [key, value] : pairs.items()) {
    if (!value.is_array()) {
      add(key, value);
      continue;
    }
    for (const Json& one : value) {
      add(key, one);
    }
  }
  return text;
}

std::string with_query(std::string url, const std::string& query) {
  if (query.empty()) {
    return url;
  }
  url.resize(std::min(url.find('#'), url.size()));  // a fragment is never sent
  const char last = url.back();
  const bool has_query = url.find('?') != std::string::npos;
  const std::string_view joint = !has_query ? "?" : last == '?' || last == '&' ? "" : "&";
  return url.append(joint).append(query);
}

void set_body(const Call& call, HttpRequest& request) {
  const int given = int{call.has("body")} + int{call.has("json")} + int{call.has("form")};
  if (given > 1) {
    refuse(Code::option_invalid, "give one of \"body\", \"json\" and \"form\"");
  }
  std::string type;
  if (call.has("body")) {
    request.body = call.text("body");
  } else if (call.has("json")) {
    request.body = dump_json(call.options().at("json"));
    type = "application/json";
  } else if (call.has("form")) {
    request.body = encode_pairs("form", call.options().at("form"));
    type = "application/x-www-form-urlencoded";
  }
  if (!type.empty() && !has_header(request.headers, "content-type")) {
    request.headers.emplace_back("Content-Type", type);
  }
}

std::size_t read_max_bytes(const Call& call, std::size_t otherwise) {
  const std::int64_t bytes = call.integer_or("max_bytes", static_cast<std::int64_t>(otherwise));
  if (bytes < 0) {
    refuse(Code::option_invalid, "option \"max_bytes\" must not be negative");
  }
  return static_cast<std::size_t>(bytes);
}

int read_status(const Json& value) {
  const bool is_status = value.is_number_integer() && value >= 100 && value <= 599;
  if (!is_status) {
    refuse(Code::option_invalid,
           "option \"expect\" must be a status such as 201, or a list of them");
  }
  return value.get<int>();
}

}  // namespace

HttpRequest read_request(const Call& call, std::string method, const std::string& root) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = call.text("url");
  if (call.has("query")) {
    request.url =
        with_query(std::move(request.url), encode_pairs("query", call.options().at("query")));
  }
  request.headers = read_http_headers(call.options());
  set_body(call, request);
  request.timeout = call.duration_or("timeout", request.timeout);
  request.connect_timeout = call.duration_or("connect_timeout", request.connect_timeout);
  request.max_bytes = read_max_bytes(call, request.max_bytes);
  request.follow_redirects = call.flag("follow_redirects");
  request.http2 = call.flag("http2");
  request.may_resend = call.flag("reads") || call.flag("idempotent");
  if (call.has("ca_file")) {
    request.ca_file =
        (std::filesystem::path(root) / call.text("ca_file")).lexically_normal().string();
  }
  return request;
}

Decode read_decode(const Call& call) {
  const std::string decode = call.text_or("decode", "");
  if (decode.empty()) {
    return Decode::if_json;
  }
  if (decode != "json" && decode != "text") {
    refuse(Code::option_invalid, "option \"decode\" must be \"json\" or \"text\"");
  }
  return decode == "json" ? Decode::json : Decode::text;
}

std::vector<int> read_expected(const Call& call) {
  std::vector<int> expected;
  if (!call.has("expect")) {
    return expected;
  }
  const Json& given = call.options().at("expect");
  if (!given.is_array()) {
    return {read_status(given)};
  }
  for (const Json& one : given) {
    expected.push_back(read_status(one));
  }
  if (expected.empty()) {
    refuse(Code::option_invalid, "option \"expect\" lists no status");
  }
  return expected;
}

}  // namespace runbook::http
