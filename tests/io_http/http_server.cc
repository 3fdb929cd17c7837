#include "tests/io_http/http_server.h"

#include <fmt/core.h>

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace runbook::test {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return result;
}

SeenRequest parse_head(std::string_view head) {
  SeenRequest request;
  const std::string_view first = head.substr(0, head.find("\r\n"));
  const std::size_t space = first.find(' ');
  request.method = first.substr(0, space);
  request.target = first.substr(space + 1, first.rfind(' ') - space - 1);
  for (std::size_t at = first.size() + 2; at < head.size();) {
    const std::size_t end = head.find("\r\n", at);
    const std::string_view line = head.substr(at, end - at);
    if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
      const std::string_view value = line.substr(colon + 1);
      request.headers[lower(line.substr(0, colon))] =
          value.substr(std::min(value.find_first_not_of(' '), value.size()));
    }
    at = end == std::string_view::npos ? head.size() : end + 2;
  }
  return request;
}

/// Whether the kernel takes the connection from this loopback port for open.
bool is_established(int port) {
  std::ifstream table("/proc/net/tcp");
  const std::string local = fmt::format(": 0100007F:{:04X} ", port);
  for (std::string line; std::getline(table, line);) {
    const std::size_t at = line.find(local);
    if (at != std::string::npos && line.compare(at + 30, 2, "01") == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

Reply reply(int status, std::string_view body, const Headers& headers) {
  std::string raw =
      fmt::format("HTTP/1.1 {} Status\r\nContent-Length: {}\r\n", status, body.size());
  for (const auto& [name, value] : headers) {
    raw += fmt::format("{}: {}\r\n", name, value);
  }
  return {raw + "\r\n" + std::string(body)};
}

struct HttpServer::Impl {
  explicit Impl(int wanted)
      : acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(),
                                        static_cast<std::uint16_t>(wanted))) {}

  std::function<Reply(const SeenRequest&)> answer;
  asio::io_context context{1};
  tcp::acceptor acceptor;
  const int port = acceptor.local_endpoint().port();
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::vector<SeenRequest> seen;
  int accepted = 0;
  std::vector<int> closed;  // by the clients' ports
  std::thread thread;

  asio::awaitable<void> accept() {
    boost::system::error_code stopped;
    for (;;) {
      tcp::socket socket =
          co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, stopped));
      if (stopped) {
        co_return;
      }
      asio::co_spawn(context, serve(std::move(socket), ++accepted), asio::detached);
    }
  }

  asio::awaitable<void> serve(tcp::socket socket, int number) {
    socket.set_option(tcp::no_delay(true));
    std::string buffer;
    boost::system::error_code failure;
    bool open = true;
    while (open) {
      const std::size_t head =
          co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer), "\r\n\r\n",
                                          asio::redirect_error(asio::use_awaitable, failure));
      if (failure) {
        break;
      }
      SeenRequest request = parse_head(std::string_view(buffer).substr(0, head));
      request.connection = number;
      buffer.erase(0, head);
      const auto length = request.headers.find("content-length");
      const std::size_t size = length == request.headers.end() ? 0 : std::stoul(length->second);
      if (buffer.size() < size) {
        co_await asio::async_read(socket, asio::dynamic_buffer(buffer),
                                  asio::transfer_exactly(size - buffer.size()),
                                  asio::redirect_error(asio::use_awaitable, failure));
      }
      request.body = buffer.substr(0, size);
      buffer.erase(0, size);
      remember(request);
      const Reply reply = answer(request);
      co_await asio::async_write(socket, asio::buffer(reply.raw),
                                 asio::redirect_error(asio::use_awaitable, failure));
      open = !reply.close && !failure;
    }
    const int client = socket.remote_endpoint(failure).port();
    socket.close();
    const std::lock_guard lock(mutex);
    closed.push_back(client);
    changed.notify_all();
  }

  void remember(const SeenRequest& request) {
    const std::lock_guard lock(mutex);
    seen.push_back(request);
  }
};

HttpServer::HttpServer(std::function<Reply(const SeenRequest&)> answer, int port)
    : impl_(std::make_unique<Impl>(port)) {
  impl_->answer = std::move(answer);
  asio::co_spawn(impl_->context, impl_->accept(), asio::detached);
  impl_->thread = std::thread([this] { impl_->context.run(); });
}

HttpServer::~HttpServer() {
  impl_->context.stop();
  impl_->thread.join();
}

void HttpServer::stop_listening() {
  impl_->acceptor.close();
}

int HttpServer::port() const {
  return impl_->port;
}

std::string HttpServer::url(std::string_view target) const {
  return fmt::format("http://127.0.0.1:{}{}", port(), target);
}

std::vector<SeenRequest> HttpServer::seen() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->seen;
}

void HttpServer::await_closed(std::size_t count) {
  std::unique_lock lock(impl_->mutex);
  impl_->changed.wait(lock, [this, count] { return impl_->closed.size() >= count; });
  for (const int client : impl_->closed) {
    while (is_established(client)) {
      std::this_thread::yield();  // a busy kernel delivers the end of a connection later
    }
  }
}

int closed_port() {
  asio::io_context context;
  return tcp::acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0))
      .local_endpoint()
      .port();
}

}  // namespace runbook::test
