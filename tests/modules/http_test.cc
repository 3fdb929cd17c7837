#include "engine/lua/module.h"
#include "modules/modules.h"
#include "tests/base/expect_error.h"
#include "tests/io_http/http_server.h"
#include "tests/modules/primitive.h"

using namespace runbook;
using test::HttpServer;
using test::reply;
using test::SeenRequest;

namespace {

Effect effect_of(const std::string& name, const Json& options) {
  for (const Function& function : http_module().functions) {
    if (function.name == name) {
      return function.effect_of != nullptr ? function.effect_of(options) : function.effect;
    }
  }
  throw Error(Code::internal, "no function " + name);
}

/// A call of http.<function> against a server that answers everything with `answer`.
struct Fixture {
  explicit Fixture(test::Reply answer)
      : server([answer = std::move(answer)](const SeenRequest&) { return answer; }) {}
  HttpServer server;
  PrimitiveTest test;

  Json call(const std::string& function, Json options = Json::object()) {
    options.emplace("url", server.url());
    return test.call(http_module(), function, std::move(options));
  }
  Error failure(Code code, const std::string& function, const Json& options = Json::object()) {
    return expect_error(code, [&] { call(function, options); });
  }
  SeenRequest seen() const { return server.seen().at(0); }
};

}  // namespace

TEST_CASE("http.get gives status, headers, body and the decoded value", "[http]") {
  Fixture fixture(
      reply(200, "{\"height\": 7}",
            {{"Content-Type", "application/json; charset=utf-8"}, {"X-Two", "a"}, {"x-two", "b"}}));
  const Json result = fixture.call("get");
  CHECK(result.at("status") == 200);
  CHECK(result.at("headers").at("x-two") == "a, b");
  CHECK(result.at("body") == "{\"height\": 7}");
  CHECK(result.at("value") == Json{{"height", 7}});
  CHECK(result.at("ms").is_number_integer());
  CHECK(fixture.seen().method == "GET");
}

TEST_CASE("Each function of http sends its own method", "[http]") {
  const auto [function, method] = GENERATE(table<const char*, const char*>({{"head", "HEAD"},
                                                                            {"post", "POST"},
                                                                            {"put", "PUT"},
                                                                            {"patch", "PATCH"},
                                                                            {"delete", "DELETE"}}));
  Fixture fixture(reply(200, ""));
  fixture.call(function);
  CHECK(fixture.seen().method == method);
}

TEST_CASE("http.request sends any method, in capitals", "[http]") {
  Fixture fixture(reply(200, ""));
  fixture.call("request", {{"method", "purge"}});
  CHECK(fixture.seen().method == "PURGE");
}

TEST_CASE("A body is decoded as decode says", "[http]") {
  SECTION("json, whatever the type") {
    Fixture fixture(reply(200, "[1]", {{"Content-Type", "text/plain"}}));
    CHECK(fixture.call("get", {{"decode", "json"}}).at("value") == Json::array({1}));
    CHECK(fixture.call("get").at("value").is_null());
  }
  SECTION("text, whatever the type") {
    Fixture fixture(reply(200, "[1]", {{"Content-Type", "application/json"}}));
    CHECK(fixture.call("get", {{"decode", "text"}}).at("value").is_null());
  }
  SECTION("a type that says JSON wrongly leaves no value") {
    Fixture fixture(reply(200, "nope", {{"Content-Type", "application/problem+json"}}));
    CHECK(fixture.call("get").at("value").is_null());
  }
  SECTION("asked for JSON, it must be; the request was carried out all the same") {
    Fixture fixture(reply(200, "nope"));
    CHECK(fixture.failure(Code::json_invalid, "post", {{"decode", "json"}}).effect ==
          EffectDone::done);
  }
}

TEST_CASE("A body that is not UTF-8 comes in base64", "[http]") {
  Fixture fixture(reply(200, "\xff\xfe"));
  const Json result = fixture.call("get");
  CHECK(result.at("base64") == "//4=");
  CHECK_FALSE(result.contains("body"));
}

TEST_CASE("Bodies are sent as they are, as JSON and as forms", "[http]") {
  Fixture fixture(reply(200, ""));
  SECTION("as it is") {
    fixture.call("post", {{"body", "raw \n"}});
    CHECK(fixture.seen().body == "raw \n");
    CHECK(fixture.seen().headers.count("content-type") == 0);
  }
  SECTION("JSON") {
    fixture.call("post", {{"json", {{"b", 1}, {"a", nullptr}}}});
    CHECK(fixture.seen().body == "{\"a\":null,\"b\":1}");
    CHECK(fixture.seen().headers.at("content-type") == "application/json");
  }
  SECTION("JSON of a type of its own") {
    fixture.call("patch", {{"json", Json::array()},
                           {"headers", {{"content-type", "application/json-patch+json"}}}});
    CHECK(fixture.seen().headers.at("content-type") == "application/json-patch+json");
  }
  SECTION("form") {
    fixture.call("post", {{"form", {{"a b", "c&d"}, {"n", Json::array({1, true})}}}});
    CHECK(fixture.seen().body == "a%20b=c%26d&n=1&n=true");
    CHECK(fixture.seen().headers.at("content-type") == "application/x-www-form-urlencoded");
  }
}

TEST_CASE("A query is added to the URL, encoded", "[http]") {
  const auto [target, sent] =
      GENERATE(table<const char*, const char*>({{"/x", "/x?k=a%2Fb"},
                                                {"/x?y=1", "/x?y=1&k=a%2Fb"},
                                                {"/x?", "/x?k=a%2Fb"},
                                                {"/x#part", "/x?k=a%2Fb"}}));
  Fixture fixture(reply(200, ""));
  fixture.call("get", {{"url", fixture.server.url(target)}, {"query", {{"k", "a/b"}}}});
  CHECK(fixture.seen().target == sent);
}

TEST_CASE("Authorization is basic or bearer", "[http]") {
  Fixture fixture(reply(200, ""));
  SECTION("basic") {
    fixture.call("get", {{"basic", {{"user", "ann"}, {"password", "s3cret:x"}}}});
    CHECK(fixture.seen().headers.at("authorization") == "Basic YW5uOnMzY3JldDp4");
  }
  SECTION("bearer") {
    fixture.call("get", {{"bearer", "t0ken"}});
    CHECK(fixture.seen().headers.at("authorization") == "Bearer t0ken");
  }
}

TEST_CASE("http refuses options that make no sense, before anything is sent", "[http]") {
  const Json options = GENERATE(
      Json{{"basic", {{"user", "a"}, {"password", "b"}}}, {"bearer", "c"}},
      Json{{"bearer", "c"}, {"headers", {{"Authorization", "d"}}}},
      Json{{"basic", {{"user", "a"}}}}, Json{{"basic", {{"user", "a:b"}, {"password", "c"}}}},
      Json{{"body", "a"}, {"json", 1}}, Json{{"expect", "200"}}, Json{{"expect", Json::array()}},
      Json{{"expect", 99}}, Json{{"decode", "yaml"}}, Json{{"max_bytes", -1}},
      Json{{"headers", {{"A", {{"b", 1}}}}}}, Json{{"query", {{"a", nullptr}}}},
      Json{{"headers", {{"A", "b\nc"}}}});
  CAPTURE(options);
  Fixture fixture(reply(200, ""));
  CHECK(fixture.failure(Code::option_invalid, "post", options).effect == EffectDone::none);
  CHECK(fixture.server.seen().empty());
}

TEST_CASE("A status that is not expected is an error that tells what it proves", "[http]") {
  const auto [status, effect, transient] =
      GENERATE(table<int, EffectDone, bool>({{404, EffectDone::none, false},
                                             {429, EffectDone::none, true},
                                             {500, EffectDone::unknown, false},
                                             {503, EffectDone::unknown, true},
                                             {302, EffectDone::unknown, false}}));
  Fixture fixture(reply(status, "because"));
  const Error error = fixture.failure(Code::http_status, "post");
  CHECK(error.detail.at("status") == status);
  CHECK(error.detail.at("body") == "because");
  CHECK(error.effect == effect);
  CHECK(error.transient == transient);
  CHECK_THAT(error.message, ContainsSubstring("answered " + std::to_string(status)));
}

TEST_CASE("expect lists the statuses that are fine", "[http]") {
  Fixture fixture(reply(404, ""));
  CHECK(fixture.call("delete", {{"expect", Json::array({204, 404})}}).at("status") == 404);
  CHECK(fixture.call("get", {{"expect", 404}}).at("status") == 404);
  Fixture created(reply(201, ""));
  CHECK(created.failure(Code::http_status, "post", {{"expect", 200}}).effect == EffectDone::done);
}

TEST_CASE("With keep an error does not show the body: it holds a secret", "[http]") {
  Fixture fixture(reply(403, "root token: hunter2"));
  const Error error = fixture.failure(Code::http_status, "post", {{"keep", "root"}});
  CHECK(error.to_json().dump().find("hunter2") == std::string::npos);
}

TEST_CASE("http knows what its requests do to the world", "[http]") {
  CHECK(effect_of("get", Json::object()) == Effect::read);
  CHECK(effect_of("head", Json::object()) == Effect::read);
  CHECK(effect_of("post", Json::object()) == Effect::once);
  CHECK(effect_of("put", Json::object()) == Effect::once);
  CHECK(effect_of("delete", {{"idempotent", true}}) == Effect::idempotent);
  CHECK(effect_of("post", {{"reads", true}}) == Effect::read);
  CHECK(effect_of("post", {{"reads", false}}) == Effect::once);
  CHECK(effect_of("request", {{"method", "get"}}) == Effect::read);
  CHECK(effect_of("request", {{"method", "DELETE"}}) == Effect::once);
}

TEST_CASE("ca_file is relative to the project root", "[http]") {
  Fixture fixture(reply(200, ""));
  const std::string url = "https" + fixture.server.url().substr(4);
  const Error error =
      fixture.failure(Code::http_tls, "get", {{"url", url}, {"ca_file", "missing.pem"}});
  CHECK_THAT(error.message, ContainsSubstring(fixture.test.path("missing.pem")));
}

TEST_CASE("Where a redirect leads is checked as the URL was", "[http]") {
  HttpServer server([](const SeenRequest& request) {
    return request.target == "/" ? reply(302, "", {{"Location", "/elsewhere"}}) : reply(200, "");
  });
  PrimitiveTest test;
  const Json options = {{"url", server.url()}, {"follow_redirects", true}};
  CHECK(test.call(http_module(), "get", options).at("status") == 200);
  test.refused_url = "/elsewhere";
  expect_error(Code::permission_refused, [&] { test.call(http_module(), "get", options); });
  CHECK(server.seen().size() == 3);
}
