// How requests fail, and what each failure says about the outside world.
#include <fmt/core.h>
#include <sys/socket.h>

#include <map>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "tests/catch.h"
#include "tests/io_http/client.h"
#include "tests/io_http/http_server.h"

using namespace runbook;
using namespace runbook::test;
using namespace std::chrono_literals;

namespace {

Reply close_without_answer() {
  return {"", true};
}

/// Answers the first request of each connection and closes on the second, having read it.
Reply close_on_second(const SeenRequest& request, std::map<int, int>& requests) {
  return ++requests[request.connection] == 1 ? reply(200, "first") : close_without_answer();
}

int count_target(const HttpServer& server, std::string_view target) {
  int count = 0;
  for (const SeenRequest& request : server.seen()) {
    count += request.target == target ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("Connection refused: nothing happened, and it may work later", "[http]") {
  Client client;
  const Error error = client.failure(post(fmt::format("http://127.0.0.1:{}/", closed_port())));
  CHECK(error.code == Code::http_connection);
  CHECK(error.effect == EffectDone::none);
  CHECK(error.transient);
}

TEST_CASE("A name that does not resolve: nothing happened", "[http]") {
  Client client;
  // A label of more than 63 characters is refused by the resolver itself, without asking anybody.
  const Error error = client.failure(post("http://" + std::string(64, 'a') + ".example/"));
  CHECK(error.code == Code::http_connection);
  CHECK(error.effect == EffectDone::none);
  CHECK(error.transient);
}

TEST_CASE("No connection in time: nothing happened", "[http]") {
  // The queue of this listener is full, so further connections hang in the handshake.
  boost::asio::io_context context;
  boost::asio::ip::tcp::acceptor full(context, boost::asio::ip::tcp::v4());
  full.bind({boost::asio::ip::address_v4::loopback(), 0});
  full.listen(0);
  std::vector<boost::asio::ip::tcp::socket> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.emplace_back(context, boost::asio::ip::tcp::v4());
    waiting.back().native_non_blocking(true);
    const auto endpoint = full.local_endpoint();
    ::connect(waiting.back().native_handle(), endpoint.data(),
              static_cast<socklen_t>(endpoint.size()));  // not waited for
  }
  Client client;
  HttpRequest request = post(fmt::format("http://127.0.0.1:{}/", full.local_endpoint().port()));
  request.connect_timeout = 100ms;
  const Error error = client.failure(request);
  CHECK(error.code == Code::http_timed_out);
  CHECK(error.effect == EffectDone::none);
  CHECK(error.transient);
  CHECK_THAT(error.message, ContainsSubstring("no connection within 100ms"));
}

TEST_CASE("A TLS handshake that is never answered: nothing happened", "[http]") {
  HttpServer server([](const SeenRequest&) { return Reply{}; });
  Client client;
  HttpRequest request = post(fmt::format("https://127.0.0.1:{}/", server.port()));
  request.timeout = 100ms;
  const Error error = client.failure(request);
  CHECK(error.code == Code::http_timed_out);
  CHECK(error.effect == EffectDone::none);
  CHECK(server.seen().empty());
}

TEST_CASE("No answer in time: the outcome is unknown", "[http]") {
  HttpServer server([](const SeenRequest&) { return Reply{}; });
  Client client;
  HttpRequest request = post(server.url());
  request.timeout = 500ms;
  const Error error = client.failure(request);
  CHECK(error.code == Code::http_timed_out);
  CHECK(error.effect == EffectDone::unknown);
  CHECK(error.transient);
  CHECK_THAT(error.message, ContainsSubstring("no complete answer within 500ms"));
}

TEST_CASE("The server closes before it answers: the outcome is unknown", "[http]") {
  HttpServer server([](const SeenRequest&) { return close_without_answer(); });
  Client client;
  const Error error = client.failure(post(server.url()));
  CHECK(error.code == Code::http_request_lost);
  CHECK(error.effect == EffectDone::unknown);
  CHECK(error.transient);
  CHECK(server.seen().size() == 1);
}

TEST_CASE("Half an answer is no answer", "[http]") {
  HttpServer server([](const SeenRequest&) {
    return Reply{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", true};
  });
  Client client;
  const Error error = client.failure(post(server.url()));
  CHECK(error.code == Code::http_request_lost);
  CHECK(error.effect == EffectDone::unknown);
}

TEST_CASE("An answer that is not HTTP is no answer", "[http]") {
  HttpServer server([](const SeenRequest&) { return Reply{"220 mail.example SMTP\r\n", true}; });
  Client client;
  const Error error = client.failure(post(server.url()));
  CHECK(error.code == Code::http_request_lost);
  CHECK(error.effect == EffectDone::unknown);
}

TEST_CASE("An answer beyond max_bytes is refused, announced or not", "[http]") {
  Reply answer;
  SECTION("announced") {
    answer = reply(200, "abcdefghijk");
  }
  SECTION("in chunks") {
    answer = {
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "6\r\nabcdef\r\n5\r\nghijk\r\n0\r\n\r\n"};
  }
  SECTION("until the connection ends") {
    answer = {"HTTP/1.1 200 OK\r\n\r\nabcdefghijk", true};
  }
  HttpServer server([answer](const SeenRequest&) { return answer; });
  Client client;
  HttpRequest request = post(server.url());
  request.max_bytes = 10;
  const Error error = client.failure(request);
  CHECK(error.code == Code::http_too_large);
  CHECK(error.effect == EffectDone::unknown);
  CHECK_FALSE(error.transient);
}

TEST_CASE("Endless headers are refused", "[http]") {
  HttpServer server([](const SeenRequest&) {
    std::string raw = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 10'000; ++i) {
      raw += fmt::format("X-{}: {}\r\n", i, std::string(100, 'x'));
    }
    return Reply{raw, true};
  });
  Client client;
  CHECK(client.failure(get(server.url())).code == Code::http_too_large);
}

TEST_CASE("A POST is not sent twice when a kept connection closes before the answer", "[http]") {
  std::map<int, int> requests;
  HttpServer server([&](const SeenRequest& request) { return close_on_second(request, requests); });
  Client client;
  client.send(get(server.url("/first")));
  const std::string body = GENERATE("body", "");
  const Error error = client.failure(post(server.url("/once"), body));
  CHECK(error.code == Code::http_request_lost);
  CHECK(error.effect == EffectDone::unknown);
  CHECK(count_target(server, "/once") == 1);
}

TEST_CASE("What may be repeated is sent again when a kept connection closes", "[http]") {
  std::map<int, int> requests;
  HttpServer server([&](const SeenRequest& request) { return close_on_second(request, requests); });
  Client client;
  client.send(get(server.url("/first")));
  HttpRequest request = post(server.url("/again"));
  request.method = GENERATE("GET", "POST");
  request.may_resend = request.method == "POST";
  for (int i = 0; i < 12; ++i) {  // more often than curl's own limit for the life of a handle
    CHECK(client.send(request).body == "first");
  }
  CHECK(count_target(server, "/again") == 24);
}

TEST_CASE("A POST uses a new connection when the kept one was closed meanwhile", "[http]") {
  HttpServer server([](const SeenRequest& request) {
    Reply answer = reply(200, "fine");
    answer.close = request.target == "/first";
    return answer;
  });
  Client client;
  client.send(get(server.url("/first")));
  server.await_closed(1);
  CHECK(client.send(post(server.url("/second"))).body == "fine");
  CHECK(server.seen().back().connection == 2);
}

TEST_CASE("A POST whose server went away before it was sent: nothing happened", "[http]") {
  std::unique_ptr<HttpServer> server;
  server = std::make_unique<HttpServer>([&](const SeenRequest&) {
    server->stop_listening();
    Reply last = reply(200, "");
    last.close = true;
    return last;
  });
  Client client;
  client.send(get(server->url()));
  server->await_closed(1);
  const Error error = client.failure(post(server->url()));
  CHECK(error.code == Code::http_connection);
  CHECK(error.effect == EffectDone::none);
}

TEST_CASE("A POST is lost when its server received it and then went away for good", "[http]") {
  std::map<int, int> requests;
  std::unique_ptr<HttpServer> server;
  server = std::make_unique<HttpServer>([&](const SeenRequest& request) {
    if (request.target == "/last") {
      server->stop_listening();
    }
    return close_on_second(request, requests);
  });
  Client client;
  client.send(get(server->url()));
  const Error error = client.failure(post(server->url("/last")));
  CHECK(error.code == Code::http_request_lost);
  CHECK(error.effect == EffectDone::unknown);
}

TEST_CASE("Errors show only scheme, host and port of the URL", "[http]") {
  HttpServer server([](const SeenRequest&) { return close_without_answer(); });
  Client client;
  const int port = GENERATE_REF(server.port(), closed_port());
  const Error error = client.failure(
      post(fmt::format("http://user:passw0rd@127.0.0.1:{}/v2/apik3y?token=t0ken", port)));
  const std::string text = error.to_json().dump();
  CHECK_THAT(error.message, ContainsSubstring(fmt::format("http://127.0.0.1:{}/…", port)));
  CHECK(text.find("passw0rd") == std::string::npos);
  CHECK(text.find("apik3y") == std::string::npos);
  CHECK(text.find("t0ken") == std::string::npos);
}

TEST_CASE("A status proves what the server says it did, and no more", "[http]") {
  CHECK(status_effect(201) == EffectDone::done);
  CHECK(status_effect(303) == EffectDone::unknown);
  CHECK(status_effect(307) == EffectDone::none);
  CHECK(status_effect(404) == EffectDone::none);
  CHECK(status_effect(429) == EffectDone::none);
  CHECK(status_effect(500) == EffectDone::unknown);
  CHECK(status_effect(501) == EffectDone::none);
  CHECK(status_effect(503) == EffectDone::unknown);
  CHECK(is_transient_status(503));
  CHECK_FALSE(is_transient_status(500));
}
