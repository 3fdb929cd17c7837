// Who is let in, how often one logs in, and what of it is ever told.
#include <thread>

#include "tests/base/expect_error.h"
#include "tests/catch.h"
#include "tests/modules/chainlink/node_calls.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// Several calls of one primitive at the same time.
void run_together(NodeCalls& calls, const std::string& name, const Json& options, int times) {
  std::vector<std::unique_ptr<RecordedCall>> made;
  const auto keep = [](Task<Json> task) -> Task<void> { co_await std::move(task); };
  for (int time = 0; time < times; ++time) {
    made.push_back(
        std::make_unique<RecordedCall>(calls.host, options, calls.cancel, std::vector<Json>()));
    calls.loop.spawn(keep(calls.function(name).run(*made.back())));
  }
  calls.loop.run();
}

}  // namespace

TEST_CASE_METHOD(NodeCalls, "One logs in once for all calls of a session, however many at a time",
                 "[chainlink]") {
  run_together(*this, "p2p_keys", with(), 8);
  ask("csa_keys");
  CHECK(node.count("logins") == 1);
}

TEST_CASE_METHOD(NodeCalls, "An expired session is opened again, once, and the request repeated",
                 "[chainlink]") {
  ask("p2p_keys");
  node.fault({{"kind", "expire"}});
  CHECK(ask("p2p_keys").size() == 1);
  CHECK(node.count("logins") == 2);
  node.fault({{"kind", "expire"}});
  run_together(*this, "p2p_keys", with(), 5);
  CHECK(node.count("logins") == 3);
}

TEST_CASE_METHOD(NodeCalls, "A wrong password is refused with the node's words, and asked once",
                 "[chainlink]") {
  vault.add("other", "another long password");
  const Error error = error_of("p2p_keys", with({{"password", "another long password"}}));
  CHECK(error.code == Code::chainlink_login);
  CHECK(error.effect == EffectDone::none);
  CHECK_FALSE(error.transient);
  CHECK_THAT(error.message, ContainsSubstring("node-3 (http://127.0.0.1") &&
                                ContainsSubstring("Invalid password"));
  CHECK(node.count("refused_logins") == 1);
  CHECK(error_of("p2p_keys", with({{"email", "who@chain.link"}})).message.find("Invalid email") !=
        std::string::npos);
}

TEST_CASE_METHOD(NodeCalls, "A login may be the two lines of a node's own credentials file",
                 "[chainlink]") {
  const auto options = [&](const std::string& lines) {
    vault.add("lines", lines);
    Json given = with({{"credentials", lines}});
    given.erase("email");
    given.erase("password");
    return given;
  };
  CHECK(run("p2p_keys", options("admin@chain.link\na long node password\n")).size() == 1);
  CHECK(run("p2p_keys", options("admin@chain.link\r\na long node password \r\n")).size() == 1);
  CHECK(node.count("logins") == 1);
  for (const char* lines : {"admin@chain.link", "admin@chain.link\n\n"}) {
    CHECK(error_of("p2p_keys", options(lines)).code == Code::option_invalid);
  }
  Json both = options("admin@chain.link\na long node password\n");
  both["email"] = "admin@chain.link";
  CHECK(error_of("p2p_keys", both).code == Code::option_invalid);
}

TEST_CASE_METHOD(NodeCalls, "A failed login is shared by those who waited for it", "[chainlink]") {
  vault.add("other", "another long password");
  CHECK_THROWS_AS(run_together(*this, "p2p_keys", with({{"password", "another long password"}}), 6),
                  Error);
  CHECK(node.count("refused_logins") == 1);
}

TEST_CASE("An API key needs no session", "[chainlink]") {
  NodeCalls calls({{"api_key", "the access key"}, {"api_secret", "the long secret"}});
  calls.vault.add("key", "the access key");
  calls.vault.add("secret", "the long secret");
  Json options = {
      {"url", calls.node.url()}, {"api_key", "the access key"}, {"api_secret", "the long secret"}};
  CHECK(calls.run("p2p_keys", options).size() == 1);
  CHECK(calls.node.count("logins") == 0);
  calls.vault.add("secret", "not that secret");
  options["api_secret"] = "not that secret";
  CHECK(calls.error_of("p2p_keys", options).code == Code::chainlink_login);
}

TEST_CASE_METHOD(NodeCalls, "A login is given in one way, and its secrets are secrets",
                 "[chainlink]") {
  const Json nobody = {{"url", node.url()}};
  CHECK(error_of("p2p_keys", nobody).code == Code::option_invalid);
  CHECK(error_of("p2p_keys", with({{"api_key", "k"}, {"api_secret", "s"}})).code ==
        Code::option_invalid);
  const Error open = error_of("p2p_keys", with({{"password", "in plain sight"}}));
  CHECK(open.code == Code::option_invalid);
  CHECK_THAT(open.message, ContainsSubstring("no secret"));
  Json forgotten = with();
  forgotten.erase("password");
  CHECK(error_of("p2p_keys", forgotten).code == Code::chainlink_login);
  CHECK(node.count("requests") == 0);
}

TEST_CASE("A user who may not write is told so", "[chainlink]") {
  NodeCalls calls(Json{{"role", "view"}});
  const Error error = calls.error_of(
      "put_bridge", calls.with({{"name", "b"}, {"bridge_url", "http://adapter:4001"}}));
  CHECK(error.code == Code::chainlink_login);
  CHECK_THAT(error.hint, ContainsSubstring("role"));
  CHECK(error.effect == EffectDone::none);
}

TEST_CASE_METHOD(NodeCalls, "A node that takes no more requests is given the time it asks for",
                 "[chainlink]") {
  node.fault({{"kind", "limit"}, {"path", "/v2/keys"}, {"times", 1}, {"retry_after", "1"}});
  node.fault({{"kind", "limit"}, {"path", "/sessions"}, {"times", 1}, {"retry_after", "0"}});
  RecordedCall call = make("p2p_keys", with());
  const auto before = std::chrono::steady_clock::now();
  CHECK(run("p2p_keys", call).size() == 1);
  CHECK(std::chrono::steady_clock::now() - before >= std::chrono::seconds(1));
  REQUIRE(call.lines.size() == 2);
  CHECK_THAT(call.lines.at(1), ContainsSubstring("takes no more requests for now; again in 1.0s"));
}

TEST_CASE_METHOD(NodeCalls, "A node that takes no more requests for longer than the call may last",
                 "[chainlink]") {
  node.fault({{"kind", "limit"}, {"path", "/v2/keys"}, {"times", -1}, {"retry_after", "20"}});
  const Error error = error_of("p2p_keys", with({{"timeout", "2s"}}));
  CHECK(error.code == Code::chainlink_rate_limited);
  CHECK(error.transient);
  CHECK(error.effect == EffectDone::none);
}

TEST_CASE("A node lets in five in a while, as it does without configuration", "[chainlink]") {
  NodeCalls calls({{"login_limit", 1}, {"login_window_ms", 1500}});
  calls.ask("p2p_keys");
  calls.node.fault({{"kind", "expire"}});
  CHECK(calls.ask("p2p_keys").size() == 1);
  CHECK(calls.node.count("logins") == 2);
}

TEST_CASE_METHOD(NodeCalls, "A cookie that a server says back is not repeated", "[chainlink]") {
  ask("p2p_keys");
  HttpServer mirror([&](const SeenRequest& request) {
    if (request.target == "/sessions") {
      return reply(200, "{}", {{"Set-Cookie", "clsession=0123456789abcdef; Path=/"}});
    }
    return reply(500, "{\"errors\":[{\"detail\":\"you sent " +
                          request.headers.at("cookie").substr(10) + "\"}]}");
  });
  const Error error = error_of("p2p_keys", with({{"url", mirror.url("")}}));
  CHECK(error.code == Code::chainlink_failed);
  CHECK_THAT(error.message, ContainsSubstring("you sent"));
  CHECK(error.to_json().dump().find("0123456789abcdef") == std::string::npos);
}
