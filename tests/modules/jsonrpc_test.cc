#include "engine/lua/module.h"
#include "modules/modules.h"
#include "tests/base/expect_error.h"
#include "tests/io_http/http_server.h"
#include "tests/modules/primitive.h"

using namespace runbook;
using test::HttpServer;
using test::Reply;
using test::reply;
using test::SeenRequest;

namespace {

Effect jsonrpc_effect(const std::string& name, const Json& options) {
  for (const Function& function : jsonrpc_module().functions) {
    if (function.name == name) {
      return function.effect_of(options);
    }
  }
  throw Error(Code::internal, "no function " + name);
}

Reply result(const SeenRequest& request, Json value) {
  return reply(200, Json{{"id", Json::parse(request.body).at("id")}, {"result", value}}.dump());
}

/// A node that answers 503 to the first `failures` requests.
struct Node {
  explicit Node(int failures)
      : server([failures, asked = 0](const SeenRequest& request) mutable {
          return ++asked <= failures ? reply(503, "later") : result(request, "0x1");
        }) {}
  HttpServer server;
  PrimitiveTest test;

  Json call(const std::string& method, Json options = Json::object()) {
    options.emplace("url", server.url());
    options.emplace("method", method);
    return test.call(jsonrpc_module(), "call", std::move(options));
  }
};

}  // namespace

TEST_CASE("jsonrpc.call gives the result", "[jsonrpc]") {
  Node node(0);
  CHECK(node.call("eth_chainId") == "0x1");
  const Json sent = Json::parse(node.server.seen().at(0).body);
  CHECK(sent.at("method") == "eth_chainId");
  CHECK(sent.at("params") == Json::array());
}

TEST_CASE("jsonrpc sends parameters by position or by name, and the credentials", "[jsonrpc]") {
  Node node(0);
  const Json params = GENERATE(Json::array({"0xabc", "latest"}), Json{{"a", 1}});
  node.call("eth_getBalance",
            {{"params", params}, {"bearer", "t0ken"}, {"headers", {{"X-Key", "k"}}}});
  const SeenRequest seen = node.server.seen().at(0);
  CHECK(Json::parse(seen.body).at("params") == params);
  CHECK(seen.headers.at("authorization") == "Bearer t0ken");
  CHECK(seen.headers.at("x-key") == "k");
}

TEST_CASE("A read is repeated after a transient failure", "[jsonrpc]") {
  Node node(2);
  CHECK(node.call("eth_blockNumber") == "0x1");
  CHECK(node.server.seen().size() == 3);
}

TEST_CASE("A read gives up when its retries are used up", "[jsonrpc]") {
  Node node(100);
  expect_error(Code::http_status, [&] { node.call("eth_blockNumber", {{"retries", 1}}); });
  CHECK(node.server.seen().size() == 2);
}

TEST_CASE("What acts is sent once, whatever retries says", "[jsonrpc]") {
  Node node(100);
  const Json options = GENERATE(Json{{"retries", 3}}, Json{{"idempotent", true}, {"retries", 3}});
  const Error error =
      expect_error(Code::http_status, [&] { node.call("eth_sendRawTransaction", options); });
  CHECK(error.effect == EffectDone::unknown);
  CHECK(node.server.seen().size() == 1);
}

TEST_CASE("A node's refusal is not repeated", "[jsonrpc]") {
  HttpServer server([](const SeenRequest& request) {
    return reply(200, Json{{"id", Json::parse(request.body).at("id")},
                           {"error", {{"code", -32601}, {"message", "no such method"}}}}
                          .dump());
  });
  const PrimitiveTest test;
  expect_error(Code::jsonrpc_error, [&] {
    test.call(jsonrpc_module(), "call", {{"url", server.url()}, {"method", "eth_chainId"}});
  });
  CHECK(server.seen().size() == 1);
}

TEST_CASE("jsonrpc.batch gives answers and refusals in order", "[jsonrpc]") {
  HttpServer server([](const SeenRequest& request) {
    const Json calls = Json::parse(request.body);
    Json answers = Json::array();
    answers.push_back({{"id", calls.at(1).at("id")}, {"error", {{"code", 3}}}});
    answers.push_back({{"id", calls.at(0).at("id")}, {"result", nullptr}});
    return reply(200, answers.dump());
  });
  const PrimitiveTest test;
  const Json calls = {{{"method", "eth_chainId"}},
                      {{"method", "eth_call"}, {"params", Json::object()}}};
  CHECK(test.call(jsonrpc_module(), "batch", {{"url", server.url()}, {"calls", calls}}) ==
        Json{{{"result", nullptr}}, {{"error", {{"code", 3}}}}});
  CHECK(Json::parse(server.seen().at(0).body).at(1).at("params") == Json::array());
}

TEST_CASE("jsonrpc refuses options that make no sense, before anything is sent", "[jsonrpc]") {
  Node node(0);
  const Json options = GENERATE(Json{{"params", "text"}}, Json{{"retries", -1}},
                                Json{{"retries", 1000}}, Json{{"basic", "x"}});
  const Error error =
      expect_error(Code::option_invalid, [&] { node.call("eth_chainId", options); });
  CHECK(error.effect == EffectDone::none);
  const Json calls =
      GENERATE(Json::array(), Json::array({"eth_chainId"}), Json::array({{{"params", 1}}}));
  expect_error(Code::option_invalid, [&] {
    node.test.call(jsonrpc_module(), "batch", {{"url", node.server.url()}, {"calls", calls}});
  });
  CHECK(node.server.seen().empty());
}

TEST_CASE("jsonrpc knows what its calls do to the world", "[jsonrpc]") {
  CHECK(jsonrpc_effect("call", {{"method", "eth_getLogs"}}) == Effect::read);
  CHECK(jsonrpc_effect("call", {{"method", "eth_sendRawTransaction"}}) == Effect::once);
  CHECK(jsonrpc_effect("call", {{"method", "anvil_mine"}, {"reads", true}}) == Effect::read);
  CHECK(jsonrpc_effect("call", {{"method", "anvil_setBalance"}, {"idempotent", true}}) ==
        Effect::idempotent);
  const Json read = {{"method", "eth_chainId"}};
  const Json act = {{"method", "eth_sendRawTransaction"}};
  CHECK(jsonrpc_effect("batch", {{"calls", Json::array({read, read})}}) == Effect::read);
  CHECK(jsonrpc_effect("batch", {{"calls", Json::array({read, act})}}) == Effect::once);
  CHECK(jsonrpc_effect("batch", {{"calls", Json::array()}}) == Effect::once);
}

TEST_CASE("jsonrpc takes ca_file from the project root", "[jsonrpc]") {
  Node node(0);
  const Error error = expect_error(Code::http_tls, [&] {
    node.call("eth_chainId",
              {{"url", "https" + node.server.url().substr(4)}, {"ca_file", "missing.pem"}});
  });
  CHECK_THAT(error.message, ContainsSubstring(node.test.path("missing.pem")));
}
