// What answers may be no Chainlink node, or none that is well: each way is an error of its own.
#include "tests/base/expect_error.h"
#include "tests/catch.h"
#include "tests/modules/chainlink/node_calls.h"

using namespace runbook;
using namespace runbook::test;

namespace {

struct StrangeNode : NodeCalls {
  /// The next answers to requests for keys.
  void answer(int status, const std::string& body, const Json& headers = Json::object()) {
    node.fault({{"kind", "status"},
                {"path", "/v2/keys"},
                {"status", status},
                {"body", body},
                {"headers", headers}});
  }
  Error keys_error() { return error_of("eth_keys", with()); }
};

}  // namespace

TEST_CASE_METHOD(StrangeNode, "A page of HTML is no answer of a node", "[chainlink]") {
  answer(200, "<html><title>Sign in</title></html>", {{"Content-Type", "text/html"}});
  const Error error = keys_error();
  CHECK(error.code == Code::chainlink_unreachable);
  CHECK_FALSE(error.transient);
  CHECK_THAT(error.message, ContainsSubstring("no Chainlink node") && ContainsSubstring("<html>"));
}

TEST_CASE_METHOD(StrangeNode, "A proxy without a node behind it may have one later",
                 "[chainlink]") {
  const int status = GENERATE(502, 503, 504);
  answer(status, "<html>Bad Gateway</html>");
  const Error error = keys_error();
  CHECK(error.code == Code::chainlink_unreachable);
  CHECK(error.transient);
}

TEST_CASE_METHOD(StrangeNode, "A redirect is not followed", "[chainlink]") {
  answer(302, "", {{"Location", "http://elsewhere.example/v2/keys/evm"}});
  const Error error = keys_error();
  CHECK(error.code == Code::chainlink_unreachable);
  CHECK_THAT(error.message, ContainsSubstring("302"));
}

TEST_CASE_METHOD(StrangeNode, "Documents of other shapes are refused, each with its reason",
                 "[chainlink]") {
  const auto [body, reason] = GENERATE(table<std::string, std::string>({
      {"[]", "no JSON object"},
      {"{}", "no list"},
      {R"({"data":5})", "no list"},
      {R"({"data":{"id":"1"}})", "no list"},
      {R"({"data":[7]})", "no id or no attributes"},
      {R"({"data":[{"id":[],"attributes":{}}]})", "no id or no attributes"},
      {R"({"data":[{"id":"1","attributes":[]}]})", "no id or no attributes"},
      {R"({"data":[{"id":"1","attributes":{}}]})", "no address"},
      {R"({"data":[{"id":"1","attributes":{"address":5}}]})", "no text"},
      {R"({"data":[{"id":"1","attributes":{"address":"0x","evmChainID":"1","ethBalance":"1e3"}}]})",
       "no amount"},
  }));
  INFO(body);
  answer(200, body);
  const Error error = keys_error();
  CHECK(error.code == Code::chainlink_unreachable);
  CHECK_FALSE(error.transient);
  CHECK_THAT(error.message, ContainsSubstring(reason));
}

TEST_CASE_METHOD(StrangeNode, "A list that is null is empty", "[chainlink]") {
  answer(200, R"({"data":null})");
  CHECK(ask("eth_keys") == Json::array());
}

TEST_CASE_METHOD(StrangeNode, "An answer without end is cut off", "[chainlink]") {
  answer(200, std::string(std::size_t{17} << 20, ' '));
  CHECK(keys_error().code == Code::http_too_large);
}

TEST_CASE_METHOD(StrangeNode, "Pages without end are refused", "[chainlink]") {
  node.fault(
      {{"kind", "status"},
       {"path", "/v2/jobs"},
       {"status", 200},
       {"times", -1},
       {"body", R"({"data":[{"id":"1","attributes":{}}],"links":{"next":"/v2/jobs?page=2"}})"}});
  const Error error = error_of("jobs", with());
  CHECK(error.code == Code::chainlink_unreachable);
  CHECK_THAT(error.message, ContainsSubstring("do not end"));
}

TEST_CASE_METHOD(StrangeNode, "The node's own words are told, without control characters",
                 "[chainlink]") {
  answer(500, R"({"errors":[{"detail":"first\u001b[31m"},{"detail":"second\nline"}]})");
  const Error error = keys_error();
  CHECK(error.code == Code::chainlink_failed);
  CHECK_FALSE(error.transient);
  CHECK_THAT(error.message, ContainsSubstring("first") && ContainsSubstring("; second"));
  CHECK(error.message.find('\x1b') == std::string::npos);
  CHECK(error.message.find('\n') == std::string::npos);
}

TEST_CASE_METHOD(NodeCalls, "A node that is down, hangs or hangs up does not answer",
                 "[chainlink]") {
  const Json down = {{"url", "http://127.0.0.1:" + std::to_string(closed_port())}};
  const Error closed = error_of("eth_keys", with(down));
  CHECK(closed.code == Code::chainlink_unreachable);
  CHECK(closed.transient);
  CHECK(closed.effect == EffectDone::none);
  CHECK_THAT(closed.message, ContainsSubstring("node-3 (http://127.0.0.1") &&
                                 ContainsSubstring("…) does not answer: Failed to connect"));
  ask("p2p_keys");
  node.fault({{"kind", "hang"}, {"path", "/v2/keys"}});
  CHECK(error_of("eth_keys", with({{"request_timeout", "100ms"}})).code ==
        Code::chainlink_unreachable);
  node.fault({{"kind", "drop"}, {"path", "/v2/keys"}, {"times", 2}});
  const Error dropped = error_of("eth_keys", with());
  CHECK(dropped.code == Code::chainlink_unreachable);
  CHECK(dropped.transient);
}

TEST_CASE_METHOD(NodeCalls, "A login without a session, or refused by something else, is no login",
                 "[chainlink]") {
  node.fault({{"kind", "status"}, {"path", "/sessions"}, {"status", 200}, {"body", "{}"}});
  CHECK(error_of("eth_keys", with()).code == Code::chainlink_unreachable);
  node.fault({{"kind", "status"}, {"path", "/sessions"}, {"status", 403}, {"body", "no"}});
  CHECK(error_of("eth_keys", with()).code == Code::chainlink_login);
  node.fault({{"kind", "status"}, {"path", "/readyz"}, {"status", 404}, {"body", "no"}});
  CHECK(error_of("health", with()).code == Code::chainlink_unreachable);
  CHECK(error_of("eth_keys", with({{"url", node.url() + "/?a=b"}})).code == Code::option_invalid);
}

TEST_CASE_METHOD(NodeCalls, "A proxy that knows no such host does not say that a job is gone",
                 "[chainlink]") {
  act("create_job", {{"toml", boot_spec()}});
  node.fault(
      {{"kind", "status"}, {"status", 404}, {"body", "default backend - 404"}, {"times", -1}});
  for (const char* primitive : {"job", "delete_job"}) {
    const Error error = error_of(primitive, with({{"id", 1}}));
    CHECK(error.code == Code::chainlink_unreachable);
    CHECK_THAT(error.message,
               ContainsSubstring("no Chainlink node") && ContainsSubstring("404: default backend"));
  }
  const Error replaced = error_of("replace_job", with({{"id", 1}, {"toml", boot_spec("other")}}));
  CHECK(replaced.code == Code::chainlink_unreachable);
  vault.add("other", "another long password");
  const Error login = error_of("p2p_keys", with({{"password", "another long password"}}));
  CHECK(login.code == Code::chainlink_unreachable);
  CHECK(login.effect == EffectDone::none);
}

TEST_CASE_METHOD(NodeCalls, "A page for people is no health of a node", "[chainlink]") {
  node.fault({{"kind", "status"},
              {"path", "/health"},
              {"status", 200},
              {"body", "<!doctype html><title>Sign in</title>"}});
  CHECK(error_of("health", {{"url", node.url()}}).code == Code::chainlink_unreachable);
  node.fault({{"kind", "status"}, {"path", "/health"}, {"status", 200}, {"body", ""}});
  CHECK(run("health", {{"url", node.url()}}).at("checks").empty());
}

TEST_CASE_METHOD(NodeCalls, "An answer that is nested without end is refused", "[chainlink]") {
  const std::size_t deep = 1'000'000;
  node.fault({{"kind", "status"},
              {"path", "/v2/jobs/1/runs"},
              {"status", 200},
              {"body", R"({"data":[{"id":"1","attributes":{"outputs":)" + std::string(deep, '[') +
                           std::string(deep, ']') + "}}]}"}});
  CHECK(error_of("runs", with({{"job", 1}})).code == Code::chainlink_unreachable);
}

TEST_CASE_METHOD(NodeCalls, "A cookie is hidden as often as it is said back, in no time",
                 "[chainlink]") {
  std::string cookie = "clsession=x";
  HttpServer mirror([&](const SeenRequest& request) {
    if (request.target == "/sessions") {
      return reply(200, "{}", {{"Set-Cookie", cookie + "; Path=/"}});
    }
    std::string body;
    while (body.size() < (std::size_t{8} << 20)) {
      body += "0123456789";
    }
    return reply(500, body);
  });
  const Json options = with({{"url", mirror.url("")}});
  CHECK(error_of("p2p_keys", options).code == Code::chainlink_unreachable);  // no session of a node
  cookie = "clsession=0123456789";
  const auto before = std::chrono::steady_clock::now();
  const Error error = error_of("p2p_keys", options);
  CHECK(error.code == Code::chainlink_failed);
  CHECK(error.message.find("0123456789") == std::string::npos);
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(5));
}
