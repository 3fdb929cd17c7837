#include "tests/bench/rpc_server.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace runbook::bench {

namespace {

/// Bytes of the first complete request in `input`, 0 if there is none yet.
std::size_t request_size(std::string_view input) {
  const std::size_t head = input.find("\r\n\r\n");
  if (head == std::string_view::npos) {
    return 0;
  }
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t at = input.find(kLength);
  const std::size_t body =
      at < head ? std::strtoul(input.data() + at + kLength.size(), nullptr, 10) : 0;
  return input.size() < head + 4 + body ? 0 : head + 4 + body;
}

std::string answer(std::string_view request) {
  constexpr std::string_view kId = "\"id\":";
  const std::size_t at = request.rfind(kId);
  const long id =
      at == std::string_view::npos ? 0 : std::strtol(request.data() + at + kId.size(), nullptr, 10);
  const std::string body = fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":"0x7a69"}})", id);
  return fmt::format(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
      body.size(), body);
}

[[noreturn]] void serve(int listener) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listener;
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  std::vector<std::string> inputs(4096);
  std::vector<epoll_event> events(128);
  for (;;) {
    const int count = ::epoll_wait(epoll, events.data(), 128, -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener) {
        event.data.fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
        const int on = 1;
        ::setsockopt(event.data.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ::epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event);
        continue;
      }
      std::string& input = inputs.at(static_cast<std::size_t>(fd));
      char buffer[16384];
      const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
      if (got <= 0) {
        input.clear();
        ::close(fd);
        continue;
      }
      input.append(buffer, static_cast<std::size_t>(got));
      while (const std::size_t size = request_size(input)) {
        const std::string output = answer(std::string_view(input).substr(0, size));
        RB_CHECK(::send(fd, output.data(), output.size(), MSG_NOSIGNAL) > 0);
        input.erase(0, size);
      }
    }
  }
}

}  // namespace

RpcServer::RpcServer() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  RB_CHECK(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
  RB_CHECK(::listen(listener, 256) == 0);
  RB_CHECK(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  pid_ = ::fork();
  RB_CHECK(pid_ >= 0);
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    serve(listener);
  }
  ::close(listener);
}

RpcServer::~RpcServer() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::string RpcServer::url() const {
  return fmt::format("http://127.0.0.1:{}/", port_);
}

}  // namespace runbook::bench
