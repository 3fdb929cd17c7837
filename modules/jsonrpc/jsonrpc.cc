// JSON-RPC calls over HTTP.

#include "engine/io/jsonrpc.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "engine/base/id.h"
#include "engine/io/http_headers.h"
#include "engine/lua/module.h"
#include "modules/modules.h"

namespace runbook {

namespace {

constexpr std::chrono::milliseconds kFirstPause{250};
constexpr std::chrono::milliseconds kLongestPause{5'000};
constexpr std::int64_t kMostRetries = 100;

bool is_true(const Json& options, const char* name) {
  return options.is_object() && options.value(name, Json()) == true;
}

Effect acting(const Json& options) {
  return is_true(options, "idempotent") ? Effect::idempotent : Effect::once;
}

bool names_read(const Json& call) {
  const Json method = call.is_object() ? call.value("method", Json()) : Json();
  return method.is_string() && is_read_method(method.get<std::string>());
}

Effect effect_of_call(const Json& options) {
  return is_true(options, "reads") || names_read(options) ? Effect::read : acting(options);
}

Effect effect_of_batch(const Json& options) {
  const Json calls = options.is_object() ? options.value("calls", Json()) : Json();
  const bool all_read =
      calls.is_array() && !calls.empty() && std::all_of(calls.begin(), calls.end(), names_read);
  return is_true(options, "reads") || all_read ? Effect::read : acting(options);
}

/// Parameters go by position (a list) or by name (a table); Lua's {} is neither, so no parameters.
Json read_params(const Json& call) {
  const Json params = call.value("params", Json());
  if (params.is_null() || (params.is_object() && params.empty())) {
    return Json::array();
  }
  if (!params.is_structured()) {
    refuse(Code::option_invalid, "option \"params\" must be a list or a table");
  }
  return params;
}

std::vector<JsonRpcCall> read_calls(const Json& calls) {
  std::vector<JsonRpcCall> read;
  for (const Json& call : calls) {
    const Json method = call.is_object() ? call.value("method", Json()) : Json();
    if (!method.is_string()) {
      refuse(Code::option_invalid,
             "option \"calls\" must list { method = \"name\", params = { … } }");
    }
    read.push_back({method.get<std::string>(), read_params(call)});
  }
  if (read.empty()) {
    refuse(Code::option_invalid, "option \"calls\" lists none");
  }
  return read;
}

JsonRpcEndpoint read_endpoint(Call& call) {
  JsonRpcEndpoint endpoint;
  endpoint.url = call.text("url");
  endpoint.headers = read_http_headers(call.options());
  endpoint.timeout = call.duration_or("timeout", endpoint.timeout);
  if (call.has("ca_file")) {
    endpoint.ca_file = (call.host().root / call.text("ca_file")).lexically_normal().string();
  }
  return endpoint;
}

int read_retries(const Call& call, Effect effect) {
  const std::int64_t retries = call.integer_or("retries", 0);
  if (retries < 0 || retries > kMostRetries) {
    refuse(Code::option_invalid, "option \"retries\" must be from 0 to 100");
  }
  return effect == Effect::read ? static_cast<int>(retries) : 0;
}

/// 250 ms, doubled each time up to 5 s, half of it by chance, so that many do not come back at
/// once.
std::chrono::milliseconds pause_before(int retry) {
  const auto whole = std::min(kFirstPause * (1 << std::min(retry - 1, 10)), kLongestPause);
  const double part = 0.5 + 0.5 * random_unit();
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(static_cast<double>(whole.count()) * part));
}

/// Asks until it is answered, it fails for good, or `retries` are used up.
Task<Json> ask(Call& call, int retries, std::function<Task<Json>()> attempt) {
  for (int retry = 1;; ++retry) {
    std::optional<Error> failure;  // a coroutine cannot wait inside a handler
    try {
      co_return co_await attempt();
    } catch (const Error& error) {
      failure = error;
    }
    if (!failure->transient || retry > retries) {
      throw *failure;
    }
    const std::chrono::milliseconds pause = pause_before(retry);
    call.log(Stream::err, fmt::format("{}; again in {}", failure->message, format_duration(pause)));
    co_await call.host().loop.sleep(pause, call.cancel());
  }
}

Task<Json> send_call(HttpClient& http, const JsonRpcEndpoint& endpoint, JsonRpcCall request,
                     CancelPtr cancel) {
  JsonRpcClient client(http);
  co_return co_await client.call(endpoint, std::move(request), std::move(cancel));
}

Task<Json> send_batch(HttpClient& http, const JsonRpcEndpoint& endpoint,
                      std::vector<JsonRpcCall> requests, CancelPtr cancel) {
  JsonRpcClient client(http);
  const std::vector<JsonRpcAnswer> answers =
      co_await client.batch(endpoint, std::move(requests), std::move(cancel));
  Json result = Json::array();
  for (const JsonRpcAnswer& answer : answers) {
    result.push_back(answer.error.is_null() ? Json{{"result", answer.result}}
                                            : Json{{"error", answer.error}});
  }
  co_return result;
}

Task<Json> call_one(Call& call) {
  const JsonRpcEndpoint endpoint = read_endpoint(call);
  const JsonRpcCall request{call.text("method"), read_params(call.options())};
  const int retries = read_retries(call, effect_of_call(call.options()));
  std::function<Task<Json>()> attempt = [&] {
    return send_call(call.host().http, endpoint, request, call.cancel());
  };
  co_return co_await ask(call, retries, std::move(attempt));
}

Task<Json> call_batch(Call& call) {
  const JsonRpcEndpoint endpoint = read_endpoint(call);
  const std::vector<JsonRpcCall> requests = read_calls(call.options().at("calls"));
  const int retries = read_retries(call, effect_of_batch(call.options()));
  std::function<Task<Json>()> attempt = [&] {
    return send_batch(call.host().http, endpoint, requests, call.cancel());
  };
  co_return co_await ask(call, retries, std::move(attempt));
}

Option url_option() {
  return {.name = "url",
          .type = Type::url,
          .required = Required::yes,
          .help = "the endpoint, beginning with http:// or https://",
          .positional = true};
}

/// What call and batch take alike.
void add_common_options(std::vector<Option>& options) {
  const std::vector<Option> common = {
      {.name = "headers",
       .type = Type::table,
       .help = "names and values; a list repeats the header"},
      {.name = "basic",
       .type = Type::table,
       .help = "{ user = \"name\", password = secret }: Basic authorization"},
      {.name = "bearer", .type = Type::secret, .help = "token for Bearer authorization"},
      {.name = "timeout", .type = Type::duration, .help = "for one try", .fallback = "30s"},
      {.name = "ca_file",
       .type = Type::string,
       .help = "PEM file of those who may vouch for the server, instead of the system's; relative "
               "to the project root"},
      {.name = "reads",
       .type = Type::boolean,
       .help = "true: it only looks; known for eth_call, eth_get…, net_version and the like"},
      {.name = "idempotent",
       .type = Type::boolean,
       .help = "true: made again it has the same effect as made once"},
      {.name = "retries",
       .type = Type::integer,
       .help = "how often a call that only looks is repeated after a transient failure",
       .fallback = 3}};
  options.insert(options.end(), common.begin(), common.end());
}

std::vector<Code> errors() {
  return {Code::jsonrpc_error,     Code::jsonrpc_invalid, Code::http_status,
          Code::http_connection,   Code::http_timed_out,  Code::http_tls,
          Code::http_request_lost, Code::http_too_large,  Code::url_invalid,
          Code::option_invalid,    Code::http_unavailable};
}

Function call_function() {
  Function function{
      .name = "call",
      .effect = Effect::once,
      .effect_of = effect_of_call,
      .summary =
          "Calls one method. Methods known to look, and calls with reads, are repeated after "
          "a transient failure; all others are made once.",
      .options = {url_option(),
                  {.name = "method",
                   .type = Type::string,
                   .required = Required::yes,
                   .help = "such as \"eth_blockNumber\"",
                   .positional = true},
                  {.name = "params",
                   .type = Type::data,
                   .help = "a list, or a table for parameters by name"}},
      .returns = "the result as the node gives it; quantities are text such as \"0x10\"",
      .errors = errors(),
      .example =
          "local jsonrpc = require \"jsonrpc\"\n"
          "local chain = step(\"ask which chain it is\", function()\n"
          "  return jsonrpc.call(\"http://127.0.0.1:8545\", \"eth_chainId\")\n"
          "end)",
      .run = call_one};
  add_common_options(function.options);
  return function;
}

Function batch_function() {
  Function function{
      .name = "batch",
      .effect = Effect::once,
      .effect_of = effect_of_batch,
      .summary = "Makes several calls in one request. A refusal of one is an answer, not an error.",
      .options = {url_option(),
                  {.name = "calls",
                   .type = Type::list,
                   .required = Required::yes,
                   .help = "list of { method = \"name\", params = { … } }",
                   .positional = true}},
      .returns = "a list in the order of calls: { result } or { error = { code, message, data } }",
      .errors = errors(),
      .example =
          "local jsonrpc = require \"jsonrpc\"\n"
          "local answers = step(\"ask for both balances\", function()\n"
          "  local latest = \"latest\"\n"
          "  return jsonrpc.batch(\"http://127.0.0.1:8545\", {\n"
          "    { method = \"eth_getBalance\", params = { \"0x01\", latest } },\n"
          "    { method = \"eth_getBalance\", params = { \"0x02\", latest } },\n"
          "  })\n"
          "end)",
      .run = call_batch};
  add_common_options(function.options);
  return function;
}

}  // namespace

Module jsonrpc_module() {
  return {.name = "jsonrpc",
          .summary = "JSON-RPC 2.0 calls over HTTP.",
          .functions = {call_function(), batch_function()}};
}

}  // namespace runbook
