#include "engine/io/http_sockets.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "engine/base/error.h"

namespace runbook {

namespace {

constexpr int kBatch = 64;

std::uint32_t events_of(int what) {
  switch (what) {
    case CURL_POLL_IN:
      return EPOLLIN;
    case CURL_POLL_OUT:
      return EPOLLOUT;
    case CURL_POLL_INOUT:
      return EPOLLIN | EPOLLOUT;
    default:
      return 0;
  }
}

int action_of(std::uint32_t events) {
  int action = 0;
  if ((events & (EPOLLIN | EPOLLHUP)) != 0) {
    action |= CURL_CSELECT_IN;
  }
  if ((events & EPOLLOUT) != 0) {
    action |= CURL_CSELECT_OUT;
  }
  if ((events & EPOLLERR) != 0) {
    action |= CURL_CSELECT_ERR;
  }
  return action;
}

}  // namespace

HttpSockets::HttpSockets() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_.valid()) {
    Error error(Code::http_unavailable, std::string("no epoll descriptor: ") + std::strerror(errno),
                "close what holds too many files open (ulimit -n)");
    throw error.with_effect(EffectDone::none);
  }
}

HttpSockets::Socket& HttpSockets::at(curl_socket_t fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= sockets_.size()) {
    sockets_.resize(index + 1);
  }
  return sockets_[index];
}

void HttpSockets::tell_kernel(curl_socket_t fd, Socket& socket, std::uint32_t events) {
  if (socket.registered == events) {
    return;
  }
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  const int operation = events == 0              ? EPOLL_CTL_DEL
                        : socket.registered == 0 ? EPOLL_CTL_ADD
                                                 : EPOLL_CTL_MOD;
  socket.registered = events;
  const int failed = epoll_ctl(epoll_.get(), operation, fd, &event);
  // curl closes the resolver's own sockets before it says so: there is nothing left to take out.
  RB_CHECK(failed == 0 || operation == EPOLL_CTL_DEL);
}

void HttpSockets::watch(curl_socket_t fd, int what) {
  Socket& socket = at(fd);
  socket.wanted = events_of(what);
  if (socket.wanted != 0 || !socket.is_connection) {
    tell_kernel(fd, socket, socket.wanted);
  }
}

std::span<const HttpSockets::Ready> HttpSockets::ready() {
  std::array<epoll_event, kBatch> events;
  const int count = epoll_wait(epoll_.get(), events.data(), kBatch, 0);
  ready_.clear();
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    Socket& socket = at(event.data.fd);
    if (socket.wanted == 0) {
      tell_kernel(event.data.fd, socket,
                  0);  // an idle connection was closed: curl sees it on reuse
    } else {
      ready_.push_back({event.data.fd, action_of(event.events)});
    }
  }
  return ready_;
}

curl_socket_t HttpSockets::open(void* self, curlsocktype, curl_sockaddr* address) {
  const int fd = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (fd < 0) {
    return CURL_SOCKET_BAD;
  }
  Socket& socket = static_cast<HttpSockets*>(self)->at(fd);
  socket = Socket{};
  socket.is_connection = true;
  return fd;
}

int HttpSockets::close(void* self, curl_socket_t fd) {
  auto& sockets = *static_cast<HttpSockets*>(self);
  Socket& socket = sockets.at(fd);
  // Not left to close(): a child about to execute may hold a copy, and with it the registration.
  sockets.tell_kernel(fd, socket, 0);
  socket = Socket{};
  return ::close(fd);
}

}  // namespace runbook
