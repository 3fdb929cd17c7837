// Redirects: who follows, how far, and with what.
#include <fmt/core.h>

#include "tests/catch.h"
#include "tests/io_http/client.h"
#include "tests/io_http/http_server.h"

using namespace runbook;
using namespace runbook::test;

namespace {

HttpRequest following(std::string url) {
  HttpRequest request = get(std::move(url));
  request.follow_redirects = true;
  request.headers = {
      {"Authorization", "Bearer secret"}, {"X-Vault-Token", "secret"}, {"Accept", "text/x"}};
  return request;
}

}  // namespace

TEST_CASE("Redirects are followed only where asked", "[http]") {
  HttpServer server([](const SeenRequest& request) {
    return request.target == "/a" ? reply(302, "", {{"Location", "/b"}}) : reply(200, "b");
  });
  Client client;
  CHECK(client.send(get(server.url("/a"))).status == 302);
  CHECK(client.send(following(server.url("/a"))).body == "b");
}

TEST_CASE("A redirect on the same origin keeps the headers", "[http]") {
  HttpServer server([](const SeenRequest& request) {
    return request.target == "/a" ? reply(307, "", {{"Location", "b?c"}}) : reply(200, "");
  });
  Client client;
  CHECK(client.send(following(server.url("/a"))).status == 200);
  const SeenRequest seen = server.seen().at(1);
  CHECK(seen.target == "/b?c");
  CHECK(seen.headers.at("authorization") == "Bearer secret");
}

TEST_CASE("A redirect to another origin carries no credential of any name", "[http]") {
  HttpServer other([](const SeenRequest&) { return reply(200, "other"); });
  HttpServer server([&](const SeenRequest&) {
    return reply(301, "", {{"Location", other.url("/x")}});
  });
  Client client;
  HttpRequest request = following(fmt::format("http://user:password@127.0.0.1:{}/", server.port()));
  request.headers.erase(request.headers.begin());
  CHECK(client.send(request).body == "other");
  CHECK(server.seen().at(0).headers.count("authorization") == 1);
  const SeenRequest seen = other.seen().at(0);
  CHECK(seen.headers.count("authorization") == 0);
  CHECK(seen.headers.count("x-vault-token") == 0);
  CHECK(seen.headers.at("accept") == "text/x");
}

TEST_CASE("What acts never follows a redirect", "[http]") {
  HttpServer server([](const SeenRequest&) { return reply(308, "", {{"Location", "/b"}}); });
  Client client;
  HttpRequest request = following(server.url());
  request.method = GENERATE("POST", "PUT", "DELETE");
  CHECK(client.send(request).status == 308);
  CHECK(server.seen().size() == 1);
}

TEST_CASE("A circle of redirects ends with the redirect as the answer", "[http]") {
  HttpServer server([](const SeenRequest&) { return reply(302, "", {{"Location", "/again"}}); });
  Client client;
  CHECK(client.send(following(server.url())).status == 302);
  CHECK(server.seen().size() == 11);
}

TEST_CASE("A redirect to another protocol is not followed", "[http]") {
  HttpServer server([](const SeenRequest&) {
    return reply(302, "", {{"Location", "file:///etc/hostname"}});
  });
  Client client;
  CHECK(client.send(following(server.url())).status == 302);
}

TEST_CASE("Every hop of a redirect is asked for, and one that is refused is not made", "[http]") {
  HttpServer server([](const SeenRequest& request) {
    return request.target == "/c"
               ? reply(200, "c")
               : reply(302, "", {{"Location", request.target == "/a" ? "/b" : "/c"}});
  });
  Client client;
  std::vector<std::string> asked;
  HttpRequest request = following(server.url("/a"));
  request.may_go_to = [&](const std::string& url) { asked.push_back(url); };
  CHECK(client.send(request).body == "c");
  CHECK(asked == std::vector<std::string>{server.url("/b"), server.url("/c")});
  request.may_go_to = [&](const std::string& url) {
    if (url == server.url("/c")) {
      throw Error(Code::permission_refused, "not there");
    }
  };
  CHECK(client.failure(request).code == Code::permission_refused);
  CHECK(server.seen().size() == 5);
}
