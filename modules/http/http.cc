// HTTP requests: the declarations.

#include <utility>

#include "engine/lua/module.h"
#include "modules/http/exchange.h"
#include "modules/modules.h"

namespace runbook {

namespace {

using http::exchange;

bool is_true(const Json& options, const char* name) {
  return options.is_object() && options.value(name, Json()) == true;
}

Effect effect_of_acting(const Json& options) {
  if (is_true(options, "reads")) {
    return Effect::read;
  }
  return is_true(options, "idempotent") ? Effect::idempotent : Effect::once;
}

std::string upper_case(std::string text) {
  for (char& c : text) {
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return text;
}

Effect effect_of_request(const Json& options) {
  const std::string method = upper_case(options.value("method", std::string("GET")));
  return method == "GET" || method == "HEAD" ? Effect::read : effect_of_acting(options);
}

Task<Json> get(Call& call) {
  return exchange(call, "GET");
}
Task<Json> head(Call& call) {
  return exchange(call, "HEAD");
}
Task<Json> post(Call& call) {
  return exchange(call, "POST");
}
Task<Json> put(Call& call) {
  return exchange(call, "PUT");
}
Task<Json> patch(Call& call) {
  return exchange(call, "PATCH");
}
Task<Json> remove(Call& call) {
  return exchange(call, "DELETE");
}
Task<Json> request(Call& call) {
  return exchange(call, upper_case(call.text("method")));
}

std::vector<Option> common_options() {
  return {
      {.name = "url",
       .type = Type::url,
       .required = Required::yes,
       .help = "where to, beginning with http:// or https://",
       .positional = true},
      {.name = "query",
       .type = Type::table,
       .help = "added to the URL, percent-encoded; a list repeats its key"},
      {.name = "headers",
       .type = Type::table,
       .help = "names and values; a list repeats the header"},
      {.name = "basic",
       .type = Type::table,
       .help = "{ user = \"name\", password = secret }: Basic authorization"},
      {.name = "bearer", .type = Type::secret, .help = "token for Bearer authorization"},
      {.name = "timeout",
       .type = Type::duration,
       .help = "for the whole exchange, redirects included",
       .fallback = "30s"},
      {.name = "connect_timeout",
       .type = Type::duration,
       .help = "for the connection, TLS included",
       .fallback = "10s"},
      {.name = "max_bytes",
       .type = Type::integer,
       .help = "the largest body to accept",
       .fallback = 64 << 20},
      {.name = "expect",
       .type = Type::data,
       .help = "the status that is fine, or a list of them; 200 to 299 if not given"},
      {.name = "decode",
       .type = Type::string,
       .help =
           "\"json\": the body must be JSON; \"text\": it is never decoded; if not given, it is "
           "decoded where its Content-Type says JSON"},
      {.name = "ca_file",
       .type = Type::string,
       .help =
           "PEM file of those who may vouch for the server, instead of the system's; relative to "
           "the project root"},
      {.name = "http2", .type = Type::boolean, .help = "true: HTTP/2 if the server offers it"},
      kKeepOption};
}

std::vector<Option> body_options() {
  return {{.name = "body", .type = Type::bytes, .help = "the body as it is"},
          {.name = "json", .type = Type::data, .help = "the body as JSON of this"},
          {.name = "form", .type = Type::table, .help = "the body as a form of these fields"}};
}

std::vector<Option> effect_options() {
  return {{.name = "reads", .type = Type::boolean, .help = "true: the request changes nothing"},
          {.name = "idempotent",
           .type = Type::boolean,
           .help = "true: the request sent again has the same effect as sent once"}};
}

Option follow_option() {
  return {.name = "follow_redirects",
          .type = Type::boolean,
          .help = "true: up to ten, for GET and HEAD; other hosts get no credentials"};
}

constexpr std::string_view kReturns =
    "{ status, headers = { name in lower case = value }, body, value = the decoded body or nil, ms "
    "}; a body that is not UTF-8 is in base64 instead of body";

std::vector<Option> join(std::vector<Option> first, const std::vector<Option>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

std::vector<Code> errors() {
  return {Code::url_invalid,    Code::http_connection, Code::http_timed_out,    Code::http_tls,
          Code::http_status,    Code::http_too_large,  Code::http_request_lost, Code::json_invalid,
          Code::option_invalid, Code::http_unavailable};
}

Function reading(std::string_view name, std::string_view summary, std::string_view example,
                 Task<Json> (*run)(Call&)) {
  return {.name = name,
          .effect = Effect::read,
          .summary = summary,
          .options = join(common_options(), {follow_option()}),
          .returns = kReturns,
          .errors = errors(),
          .example = example,
          .run = run};
}

Function acting(std::string_view name, std::string_view summary, std::string_view example,
                Task<Json> (*run)(Call&)) {
  return {.name = name,
          .effect = Effect::once,
          .effect_of = effect_of_acting,
          .summary = summary,
          .options = join(join(common_options(), body_options()), effect_options()),
          .returns = kReturns,
          .errors = errors(),
          .example = example,
          .run = run};
}

Function request_function() {
  Function function =
      acting("request",
             "Sends a request with any method. GET and HEAD only read; others act once unless "
             "reads or idempotent is said.",
             "local http = require \"http\"\n"
             "step(\"purge the cache\", function()\n"
             "  http.request { url = \"http://127.0.0.1:6081/\", method = \"PURGE\", idempotent = "
             "true }\n"
             "end)",
             request);
  function.effect_of = effect_of_request;
  function.options = join(
      {{.name = "method", .type = Type::string, .required = Required::yes, .help = "GET, POST, …"}},
      join(function.options, {follow_option()}));
  return function;
}

}  // namespace

Module http_module() {
  return {
      .name = "http",
      .summary = "HTTP requests. TLS is verified, always.",
      .functions = {
          reading("get", "Gets what a URL shows.",
                  "local http = require \"http\"\n"
                  "local height = step(\"ask for the height\", function()\n"
                  "  return http.get(\"http://127.0.0.1:26657/status\").value.result.sync_info\n"
                  "end)",
                  get),
          reading("head", "Gets the headers of what a URL shows.",
                  "local http = require \"http\"\n"
                  "wait_until(\"the image is published\", { timeout = \"10m\" }, function()\n"
                  "  return http.head(\"https://images.example/app.img\", { expect = { 200, 404 } "
                  "}).status == 200\n"
                  "end)",
                  head),
          acting("post",
                 "Posts, once unless reads or idempotent is said: a request that was sent and not "
                 "answered is not repeated.",
                 "local http = require \"http\"\n"
                 "local id = step(\"open a ticket\", function()\n"
                 "  return http.post(\"http://127.0.0.1:8080/tickets\", { json = { title = "
                 "\"Upgrade\" }, expect = 201 }).value.id\n"
                 "end)",
                 post),
          acting("put", "Puts, once unless idempotent is said.",
                 "local http = require \"http\"\n"
                 "step(\"configure the node\", function()\n"
                 "  http.put(\"http://127.0.0.1:8500/v1/kv/mode\", { body = \"fast\", idempotent = "
                 "true })\n"
                 "end)",
                 put),
          acting("patch", "Patches, once unless idempotent is said.",
                 "local http = require \"http\"\n"
                 "step(\"rename the project\", function()\n"
                 "  http.patch(\"http://127.0.0.1:8080/projects/7\", { json = { name = \"new\" }, "
                 "idempotent = true })\n"
                 "end)",
                 patch),
          acting("delete", "Deletes, once unless idempotent is said.",
                 "local http = require \"http\"\n"
                 "step(\"remove the old key\", function()\n"
                 "  http.delete(\"http://127.0.0.1:8080/keys/old\", { expect = { 204, 404 }, "
                 "idempotent = true })\n"
                 "end)",
                 remove),
          request_function()}};
}

}  // namespace runbook
