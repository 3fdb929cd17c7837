#include "engine/io/jsonrpc.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "engine/io/http_url.h"

namespace runbook {

namespace {

/// Nodes' own number for "too many requests" (EIP-1474).
constexpr int kLimitExceeded = -32005;
constexpr int kTooManyRequests = 429;
constexpr std::size_t kEnvelopeSize = 80;  ///< of a call without method and parameters, and more

void append_text(std::string& out, const std::string& text) {
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
  });
  if (!is_plain) {
    out += dump_json(Json(text));
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

void append_call(std::string& out, const JsonRpcCall& call, std::int64_t id) {
  const std::string params = dump_json(call.params);
  out.reserve(out.size() + call.method.size() + params.size() + kEnvelopeSize);
  out += R"({"jsonrpc":"2.0","id":)";
  out += std::to_string(id);
  out += R"(,"method":)";
  append_text(out, call.method);
  out += R"(,"params":)";
  out += params;
  out += '}';
}

HttpRequest to_request(const JsonRpcEndpoint& endpoint, std::string body, bool only_looks) {
  HttpRequest request;
  request.method = "POST";
  request.url = endpoint.url;
  request.headers.reserve(endpoint.headers.size() + 1);
  request.headers = endpoint.headers;
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = std::move(body);
  request.timeout = endpoint.timeout;
  request.max_bytes = endpoint.max_bytes;
  request.ca_file = endpoint.ca_file;
  request.may_resend = only_looks;
  return request;
}

/// What all errors of one request say: whom it asked what, and what came back.
struct Context {
  const JsonRpcEndpoint& endpoint;
  std::string method;  ///< of the call, or "batch of 3"
  int status = 0;
  std::string where() const { return parse_origin(endpoint.url).shown(); }
};

[[noreturn]] void throw_invalid(const Context& context, const std::string& why) {
  Error error(Code::jsonrpc_invalid,
              fmt::format("{}: the answer of {} {}", context.method, context.where(), why));
  error.detail = {{"method", context.method}, {"url", context.where()}, {"status", context.status}};
  // A request that the server did not accept was not carried out, whatever it says of it.
  throw error.with_effect(status_effect(context.status) == EffectDone::none ? EffectDone::none
                                                                            : EffectDone::unknown);
}

[[noreturn]] void throw_status(const Context& context, const HttpResponse& response) {
  Error error(Code::http_status,
              fmt::format("{}: {} answered {}", context.method, context.where(), response.status));
  error.detail = {{"method", context.method},
                  {"url", context.where()},
                  {"status", response.status},
                  {"body", body_excerpt(response.body)}};
  error.with_transient(is_transient_status(response.status));
  throw error.with_effect(status_effect(response.status));
}

[[noreturn]] void throw_refusal(const Context& context, const Json& answer) {
  const Json code = answer.value("code", Json());
  const Json text = answer.value("message", Json());
  Error error(Code::jsonrpc_error,
              fmt::format("{}: {}", context.method,
                          text.is_string() ? text.get<std::string>() : answer.dump()));
  error.detail = {{"code", code},
                  {"message", text},
                  {"data", answer.value("data", Json())},
                  {"method", context.method}};
  error.with_transient(code == kLimitExceeded || context.status == kTooManyRequests);
  throw error.with_effect(EffectDone::none);
}

/// The id of an answer, or null.
const Json& id_of(const Json& answer) {
  static const Json null;
  const auto id = answer.find("id");
  return id == answer.end() ? null : *id;
}

bool is_answer(const Json& value) {
  return value.is_object() && (value.contains("result") || value.contains("error"));
}

/// The error object of an answer, or null.
Json error_of(const Json& answer) {
  const auto error = answer.find("error");
  if (error == answer.end() || error->is_null()) {
    return nullptr;
  }
  return error->is_object() ? *error : Json{{"message", *error}};
}

/// The body as JSON: any status may carry an answer.
Json parse_body(const Context& context, const HttpResponse& response) {
  Json body = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  const bool is_json_rpc = is_answer(body) || body.is_array();
  if (!is_json_rpc && response.status != 200) {
    throw_status(context, response);
  }
  if (!is_json_rpc) {
    throw_invalid(context, body.is_discarded() ? "is not JSON" : "is JSON but not JSON-RPC");
  }
  return body;
}

/// For a request that the server could not even read, it answers with id null.
void check_refusal_of_all(const Context& context, const Json& body) {
  if (body.is_object() && id_of(body).is_null() && !error_of(body).is_null()) {
    throw_refusal(context, error_of(body));
  }
}

Json take_result(const Context& context, Json body, std::int64_t id) {
  check_refusal_of_all(context, body);
  if (!body.is_object() || id_of(body) != id) {
    throw_invalid(context, "belongs to another request (its id differs)");
  }
  if (const Json error = error_of(body); !error.is_null()) {
    throw_refusal(context, error);
  }
  return std::move(body["result"]);
}

std::vector<JsonRpcAnswer> take_answers(const Context& context, Json body, std::int64_t first_id,
                                        std::size_t count) {
  check_refusal_of_all(context, body);
  if (!body.is_array()) {
    throw_invalid(context, "is not a list");
  }
  std::vector<std::optional<JsonRpcAnswer>> found(count);
  for (Json& answer : body) {
    const Json id = is_answer(answer) ? id_of(answer) : Json();
    if (!id.is_number_integer() || id < first_id ||
        id >= first_id + static_cast<std::int64_t>(count)) {
      throw_invalid(context, "holds one with an id that was not asked for");
    }
    auto& place = found[static_cast<std::size_t>(id.get<std::int64_t>() - first_id)];
    if (place) {
      throw_invalid(context, "holds two with the same id");
    }
    Json error = error_of(answer);
    place = JsonRpcAnswer{error.is_null() ? std::move(answer["result"]) : Json(), std::move(error)};
  }
  std::vector<JsonRpcAnswer> answers;
  for (auto& place : found) {
    if (!place) {
      throw_invalid(context, fmt::format("lacks {} of {}", count - body.size(), count));
    }
    answers.push_back(std::move(*place));
  }
  return answers;
}

}  // namespace

Task<Json> JsonRpcClient::call(const JsonRpcEndpoint& endpoint, JsonRpcCall call,
                               CancelPtr cancel) {
  const std::int64_t id = next_id_++;
  std::string body;
  append_call(body, call, id);
  HttpRequest request = to_request(endpoint, std::move(body), is_read_method(call.method));
  Context context{endpoint, std::move(call.method)};
  const HttpResponse response = co_await http_.send(std::move(request), std::move(cancel));
  context.status = response.status;
  co_return take_result(context, parse_body(context, response), id);
}

Task<std::vector<JsonRpcAnswer>> JsonRpcClient::batch(const JsonRpcEndpoint& endpoint,
                                                      std::vector<JsonRpcCall> calls,
                                                      CancelPtr cancel) {
  RB_CHECK(!calls.empty());
  const std::int64_t first_id = next_id_;
  std::string body = "[";
  for (const JsonRpcCall& call : calls) {
    body += body.size() > 1 ? "," : "";
    append_call(body, call, next_id_++);
  }
  body += ']';
  const bool only_looks = std::all_of(calls.begin(), calls.end(), [](const JsonRpcCall& call) {
    return is_read_method(call.method);
  });
  HttpRequest request = to_request(endpoint, std::move(body), only_looks);
  Context context{endpoint, fmt::format("batch of {}", calls.size())};
  const HttpResponse response = co_await http_.send(std::move(request), std::move(cancel));
  context.status = response.status;
  co_return take_answers(context, parse_body(context, response), first_id, calls.size());
}

}  // namespace runbook
