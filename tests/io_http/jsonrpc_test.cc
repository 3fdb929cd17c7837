#include "engine/io/jsonrpc.h"

#include "tests/catch.h"
#include "tests/io_http/client.h"
#include "tests/io_http/http_server.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// A node: `answer` makes an answer (or any other value) of the parsed request.
HttpServer node(std::function<Json(const Json&)> answer, int status = 200) {
  return HttpServer([answer = std::move(answer), status](const SeenRequest& request) {
    return reply(status, answer(Json::parse(request.body)).dump());
  });
}

Json result(const Json& request, Json value) {
  return {{"jsonrpc", "2.0"}, {"id", request.at("id")}, {"result", std::move(value)}};
}

Json refusal(const Json& request, int code, const char* message) {
  return {{"jsonrpc", "2.0"},
          {"id", request.at("id")},
          {"error", {{"code", code}, {"message", message}, {"data", "0x08c3"}}}};
}

struct RpcClient : Client {
  JsonRpcClient rpc{http};
  JsonRpcEndpoint endpoint;
  explicit RpcClient(const HttpServer& server) { endpoint.url = server.url("/apikey"); }

  Json call(std::string method, Json params = Json::array()) {
    return run(rpc.call(endpoint, JsonRpcCall{std::move(method), std::move(params)}, cancel));
  }
  Error failure(std::string method) {
    try {
      call(std::move(method));
    } catch (const Error& error) {
      return error;
    }
    return Error(Code::internal, "it did not fail");
  }
  std::vector<JsonRpcAnswer> batch(std::vector<JsonRpcCall> calls) {
    return run(rpc.batch(endpoint, std::move(calls), cancel));
  }
  Code batch_failure() {
    try {
      batch({{"eth_chainId", Json::array()}, {"eth_blockNumber", Json::array()}});
    } catch (const Error& error) {
      return error.code;
    }
    return Code::internal;
  }
};

}  // namespace

TEST_CASE("A call is a POST of JSON-RPC 2.0 and gives its result", "[jsonrpc]") {
  HttpServer server = node([](const Json& request) { return result(request, "0x7a69"); });
  RpcClient client(server);
  client.endpoint.headers = {{"Authorization", "Bearer x"}};
  CHECK(client.call("eth_call", {Json{{"to", "0xabc"}}, "latest"}) == "0x7a69");
  const SeenRequest seen = server.seen().at(0);
  CHECK(seen.method == "POST");
  CHECK(seen.headers.at("content-type") == "application/json");
  CHECK(seen.headers.at("authorization") == "Bearer x");
  const Json sent = Json::parse(seen.body);
  CHECK(sent.at("jsonrpc") == "2.0");
  CHECK(sent.at("method") == "eth_call");
  CHECK(sent.at("params") == Json{Json{{"to", "0xabc"}}, "latest"});
}

TEST_CASE("A null result is a result", "[jsonrpc]") {
  HttpServer server = node([](const Json& request) { return result(request, nullptr); });
  CHECK(RpcClient(server).call("eth_getTransactionReceipt").is_null());
}

TEST_CASE("A node's refusal is an error with its code, message and data", "[jsonrpc]") {
  // Some nodes send refusals with status 400 or 500.
  const int status = GENERATE(200, 400, 500);
  HttpServer server =
      node([](const Json& request) { return refusal(request, 3, "execution reverted"); }, status);
  const Error error = RpcClient(server).failure("eth_sendTransaction");
  CHECK(error.code == Code::jsonrpc_error);
  CHECK(error.message == "eth_sendTransaction: execution reverted");
  CHECK(error.detail == Json{{"code", 3},
                             {"message", "execution reverted"},
                             {"data", "0x08c3"},
                             {"method", "eth_sendTransaction"}});
  CHECK(error.effect == EffectDone::none);
  CHECK_FALSE(error.transient);
}

TEST_CASE("A refusal for too many requests may work later", "[jsonrpc]") {
  const auto [code, status] = GENERATE(std::pair(-32005, 200), std::pair(-32000, 429));
  HttpServer server =
      node([c = code](const Json& request) { return refusal(request, c, "slow down"); }, status);
  const Error error = RpcClient(server).failure("eth_chainId");
  CHECK(error.code == Code::jsonrpc_error);
  CHECK(error.transient);
}

TEST_CASE("A refusal without an id is taken for the call's own", "[jsonrpc]") {
  HttpServer server = node([](const Json&) {
    return Json{{"id", nullptr}, {"error", {{"code", -32700}, {"message", "parse error"}}}};
  });
  CHECK(RpcClient(server).failure("eth_chainId").code == Code::jsonrpc_error);
}

TEST_CASE("An answer to another call is not taken", "[jsonrpc]") {
  const Json id = GENERATE(0, 77);
  HttpServer server = node([id](const Json& request) {
    Json answer = result(request, "0x1");
    answer["id"] = id;
    return answer;
  });
  const Error error = RpcClient(server).failure("eth_sendRawTransaction");
  CHECK(error.code == Code::jsonrpc_invalid);
  CHECK(error.effect == EffectDone::unknown);
}

TEST_CASE("What is not JSON-RPC is refused", "[jsonrpc]") {
  const char* body = GENERATE("<html>", "", "[]", "{}", "17", R"({"id":1})");
  HttpServer server([body](const SeenRequest&) { return reply(200, body); });
  CHECK(RpcClient(server).failure("eth_chainId").code == Code::jsonrpc_invalid);
}

TEST_CASE("A status without JSON-RPC content is an error of the status", "[jsonrpc]") {
  const int status = GENERATE(401, 429, 500, 503);
  HttpServer server([status](const SeenRequest&) { return reply(status, "<html>no"); });
  const Error error = RpcClient(server).failure("eth_sendRawTransaction");
  CHECK(error.code == Code::http_status);
  CHECK(error.detail.at("status") == status);
  CHECK(error.detail.at("body") == "<html>no");
  CHECK(error.effect == (status < 500 ? EffectDone::none : EffectDone::unknown));
  CHECK(error.transient == (status == 429 || status == 503));
  CHECK(error.to_json().dump().find("apikey") == std::string::npos);
}

TEST_CASE("A read is sent again when a kept connection closes, another call is not", "[jsonrpc]") {
  std::map<int, int> requests;
  HttpServer server([&](const SeenRequest& request) {
    return ++requests[request.connection] == 1
               ? reply(200, result(Json::parse(request.body), "0x1").dump())
               : Reply{"", true};
  });
  RpcClient client(server);
  client.call("eth_chainId");
  CHECK(client.call("eth_blockNumber") == "0x1");
  const std::size_t before = server.seen().size();
  CHECK(client.failure("eth_sendRawTransaction").code == Code::http_request_lost);
  CHECK(server.seen().size() == before + 1);
}

TEST_CASE("A batch's answers are put in the order of its calls", "[jsonrpc]") {
  HttpServer server = node([](const Json& requests) {
    return Json{result(requests.at(2), "c"), refusal(requests.at(1), -32601, "no such method"),
                result(requests.at(0), "a")};
  });
  RpcClient client(server);
  const auto answers = client.batch({{"a", Json::array()}, {"b", Json::array()}, {"c", {}}});
  REQUIRE(answers.size() == 3);
  CHECK(answers[0].result == "a");
  CHECK(answers[0].error.is_null());
  CHECK(answers[1].error.at("code") == -32601);
  CHECK(answers[2].result == "c");
}

TEST_CASE("A batch whose answers do not match its calls is refused", "[jsonrpc]") {
  std::function<Json(const Json&)> answer;
  SECTION("missing") {
    answer = [](const Json& r) { return Json::array({result(r.at(0), 1)}); };
  }
  SECTION("doubled") {
    answer = [](const Json& r) { return Json::array({result(r.at(0), 1), result(r.at(0), 1)}); };
  }
  SECTION("foreign") {
    answer = [](const Json& r) {
      Json foreign = result(r.at(1), 1);
      foreign["id"] = "1";
      return Json::array({result(r.at(0), 1), foreign});
    };
  }
  SECTION("not a list") {
    answer = [](const Json& r) { return result(r.at(0), 1); };
  }
  SECTION("a list of something else") {
    answer = [](const Json&) { return Json::array({1, 2}); };
  }
  HttpServer server = node(answer);
  CHECK(RpcClient(server).batch_failure() == Code::jsonrpc_invalid);
}

TEST_CASE("A batch that is refused as a whole is the node's error", "[jsonrpc]") {
  HttpServer server = node([](const Json&) {
    return Json{{"id", nullptr}, {"error", {{"code", -32600}, {"message", "batch too large"}}}};
  });
  CHECK(RpcClient(server).batch_failure() == Code::jsonrpc_error);
}

TEST_CASE("Only methods that look are reads", "[jsonrpc]") {
  const char* read =
      GENERATE("eth_call", "eth_getLogs", "eth_getTransactionReceipt", "net_version",
               "web3_clientVersion", "txpool_content", "debug_traceTransaction", "trace_block");
  CHECK(is_read_method(read));
  const char* act = GENERATE("eth_sendRawTransaction", "eth_sendTransaction",
                             "eth_getFilterChanges", "eth_newFilter", "anvil_mine", "evm_snapshot",
                             "personal_unlockAccount", "debug_setHead", "eth_cal", "eth_callx", "");
  CHECK_FALSE(is_read_method(act));
}
