// What a client sends and what it makes of proper answers.
#include <atomic>
#include <cstdlib>
#include <memory>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "tests/catch.h"
#include "tests/io_http/client.h"
#include "tests/io_http/http_server.h"

using namespace runbook;
using namespace runbook::test;

namespace {

Task<int> send_many(Client& client, std::string url, int count) {
  int good = 0;
  for (int i = 0; i < count; ++i) {
    const HttpResponse response = co_await client.http.send(get(url), client.cancel);
    good += response.status == 200 ? 1 : 0;
  }
  co_return good;
}

Task<void> count_good(Client& client, std::string url, int count, int& good) {
  good += co_await send_many(client, std::move(url), count);
}

Task<void> fail_after_answer(Client& client, std::string url) {
  co_await client.http.send(get(std::move(url)), client.cancel);
  throw Error(Code::internal, "on purpose");
}

}  // namespace

TEST_CASE("A response has its status, its headers in lower case and its body", "[http]") {
  HttpServer server([](const SeenRequest&) {
    return reply(418, "short and stout", {{"X-Pot", " tea "}, {"X-Pot", "two"}});
  });
  Client client;
  const HttpResponse response = client.send(get(server.url()));
  CHECK(response.status == 418);
  CHECK(response.body == "short and stout");
  REQUIRE(response.header("x-pot") != nullptr);
  CHECK(*response.header("x-pot") == "tea");
  CHECK(response.headers.back() == std::pair<std::string, std::string>("x-pot", "two"));
  CHECK(response.header("missing") == nullptr);
}

TEST_CASE("Method, target, headers and body arrive as they were given", "[http]") {
  HttpServer server([](const SeenRequest&) { return reply(200, ""); });
  Client client;
  HttpRequest request = post(server.url("/a?b=%20c"), std::string("x\0y", 3));
  request.method = GENERATE("POST", "PUT", "PATCH", "DELETE", "GET", "PURGE");
  request.headers = {{"X-One", "1"}, {"X-Empty", ""}, {"Content-Type", "text/x"}};
  client.send(request);
  const SeenRequest seen = server.seen().at(0);
  CHECK(seen.method == request.method);
  CHECK(seen.target == "/a?b=%20c");
  CHECK(seen.body == request.body);
  CHECK(seen.headers.at("x-one") == "1");
  CHECK(seen.headers.at("x-empty").empty());
  CHECK(seen.headers.at("content-type") == "text/x");
}

TEST_CASE("A reused transfer carries nothing over from the request before", "[http]") {
  HttpServer server([](const SeenRequest&) { return reply(200, ""); });
  Client client;
  HttpRequest first = post(server.url("/first"), "first body");
  first.method = "PATCH";
  first.headers = {{"Authorization", "Bearer first"}};
  client.send(first);
  HttpRequest head = get(server.url());
  head.method = "HEAD";
  client.send(head);
  client.send(get(server.url("/second")));
  client.send(post(server.url("/third"), ""));
  const auto seen = server.seen();
  CHECK(seen.at(1).method == "HEAD");
  CHECK(seen.at(2).method == "GET");
  CHECK(seen.at(2).body.empty());
  CHECK(seen.at(2).headers.count("authorization") == 0);
  CHECK(seen.at(2).headers.count("content-type") == 0);
  CHECK(seen.at(3).method == "POST");
  CHECK(seen.at(3).headers.at("content-length") == "0");
}

TEST_CASE("A request that would break HTTP's framing is refused before anything is sent",
          "[http]") {
  HttpServer server([](const SeenRequest&) { return reply(200, ""); });
  Client client;
  HttpRequest request = get(server.url());
  SECTION("line break in a header's value") {
    request.headers = {{"X-A", "b\r\nX-C: d"}};
  }
  SECTION("only a line break") {
    request.headers = {{"X-A", "\n"}};
  }
  SECTION("colon in a header's name") {
    request.headers = {{"X-A: b", "c"}};
  }
  SECTION("space in the method") {
    request.method = "GET / HTTP/1.1";
  }
  const Error error = client.failure(request);
  CHECK(error.code == Code::option_invalid);
  CHECK(error.effect == EffectDone::none);
  CHECK(server.seen().empty());
}

TEST_CASE("A large body is sent at once, without asking whether it may", "[http]") {
  HttpServer server([](const SeenRequest&) { return reply(200, ""); });
  Client client;
  const std::string body(3 << 20, 'x');
  client.send(post(server.url(), body));
  CHECK(server.seen().at(0).body == body);
  CHECK(server.seen().at(0).headers.count("expect") == 0);
}

TEST_CASE("Requests one after the other share a connection", "[http]") {
  HttpServer server([](const SeenRequest&) { return reply(200, "x"); });
  Client client;
  CHECK(client.run(send_many(client, server.url(), 20)) == 20);
  client.send(get(server.url()));  // also after the loop has rested
  CHECK(server.seen().back().connection == 1);
}

TEST_CASE("Many requests run at once and each gets its own answer", "[http]") {
  HttpServer server([](const SeenRequest&) { return reply(200, "x"); });
  Client client;
  int good = 0;
  for (int i = 0; i < 64; ++i) {
    client.loop.spawn(count_good(client, server.url(), 10, good));
  }
  client.loop.run();
  CHECK(good == 640);
  CHECK(server.seen().size() == 640);
}

TEST_CASE("An exception of one coroutine does not lose the answers of others", "[http]") {
  HttpServer server([](const SeenRequest&) { return reply(200, "x"); });
  Client client;
  int good = 0;
  for (int i = 0; i < 8; ++i) {
    client.loop.spawn(count_good(client, server.url(), 3, good));
  }
  client.loop.spawn(fail_after_answer(client, server.url()));
  CHECK_THROWS_AS(client.loop.run(), Error);
  client.loop.run();
  CHECK(good == 24);
}

TEST_CASE("A body of exactly max_bytes is accepted, also in chunks", "[http]") {
  const bool chunked = GENERATE(false, true);
  HttpServer server([chunked](const SeenRequest&) {
    return chunked ? Reply{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "6\r\nabcdef\r\n4\r\nghij\r\n0\r\n\r\n"}
                   : reply(200, "abcdefghij");
  });
  Client client;
  HttpRequest request = get(server.url());
  request.max_bytes = 10;
  CHECK(client.send(request).body == "abcdefghij");
}

TEST_CASE("A HEAD answer may announce more than max_bytes: nothing of it comes", "[http]") {
  HttpServer server(
      [](const SeenRequest&) { return Reply{"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"}; });
  Client client;
  HttpRequest request = get(server.url());
  request.method = "HEAD";
  request.max_bytes = 10;
  CHECK(*client.send(request).header("content-length") == "1000");
}

TEST_CASE("A cancelled request ends at once, and the next one works", "[http]") {
  Client client;
  const CancelPtr node = client.cancel->child();
  HttpServer server([&](const SeenRequest& request) {
    if (request.target == "/next") {
      return reply(200, "");
    }
    boost::asio::post(client.loop.context(), [&] { node->request(CancelReason::timeout); });
    return Reply{};
  });
  CHECK_THROWS_AS(client.run(client.http.send(post(server.url()), node)), Cancelled);
  CHECK(client.send(get(server.url("/next"))).status == 200);
}

TEST_CASE("A node that is already cancelled sends nothing", "[http]") {
  HttpServer server([](const SeenRequest&) { return reply(200, ""); });
  Client client;
  client.cancel->request(CancelReason::sibling);
  CHECK_THROWS_AS(client.send(get(server.url())), Cancelled);
  CHECK(server.seen().empty());
}

TEST_CASE("A stop lets a request end at level interrupt, and ends it at level terminate",
          "[http]") {
  Client client;
  const StopLevel level = GENERATE(StopLevel::interrupt, StopLevel::terminate);
  std::atomic<bool> requested = false;
  HttpServer server([&](const SeenRequest&) {
    boost::asio::post(client.loop.context(), [&] {
      client.cancel->request(CancelReason::stop, level);
      requested = true;
    });
    while (!requested) {
      std::this_thread::yield();
    }
    return level == StopLevel::interrupt ? reply(200, "done") : Reply{};
  });
  if (level == StopLevel::interrupt) {
    CHECK(client.send(post(server.url())).body == "done");
  } else {
    CHECK_THROWS_AS(client.send(post(server.url())), Cancelled);
  }
}

TEST_CASE("A client that goes away drops what is in flight", "[http]") {
  SystemClock clock;
  Loop loop(clock);
  std::atomic<bool> seen = false;
  auto http = std::make_unique<HttpClient>(loop);
  HttpServer server([&](const SeenRequest&) {
    seen = true;
    boost::asio::post(loop.context(), [&] { http.reset(); });
    return Reply{};
  });
  const auto send = [](HttpClient& client, std::string url) -> Task<void> {
    co_await client.send(get(std::move(url)), nullptr);
  };
  loop.spawn(send(*http, server.url()));
  loop.run();
  CHECK(seen);
  CHECK(http == nullptr);
}

TEST_CASE("The environment's proxy is used, but never for loopback", "[http]") {
  HttpServer proxy([](const SeenRequest&) { return reply(200, "proxied"); });
  HttpServer server([](const SeenRequest&) { return reply(200, "direct"); });
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  Client client;
  CHECK(client.send(get("http://node.example/x")).body == "proxied");
  CHECK(proxy.seen().at(0).target == "http://node.example/x");
  CHECK(client.send(get(server.url())).body == "direct");
  CHECK(client.send(get("http://node.example/y")).body == "proxied");
  ::unsetenv("http_proxy");
}

TEST_CASE("An excerpt of a body is short and UTF-8", "[http]") {
  CHECK(body_excerpt("fine ä") == "fine ä");
  CHECK(body_excerpt("a\xff"
                     "b") == "ab");
  CHECK(body_excerpt(std::string(999, 'x') + "ä") == std::string(999, 'x') + "…");
}
