#pragma once
// The epoll set of curl's sockets. A kept connection stays in it between requests, so that a
// request on it costs no epoll_ctl; closing a socket takes it out.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/file.h"
#include "engine/io/http_curl.h"

namespace runbook {

class HttpSockets {
 public:
  /// Throws Error(Code::http_unavailable) if the system gives no descriptor.
  HttpSockets();
  int epoll() const { return epoll_.get(); }

  /// CURLMOPT_SOCKETFUNCTION: curl waits for `what` on `fd` from now on.
  void watch(curl_socket_t fd, int what);
  struct Ready {
    curl_socket_t fd;
    int action;  ///< CURL_CSELECT_*
  };
  /// What is ready now, without waiting; valid until the next call.
  std::span<const Ready> ready();

  // CURLOPT_OPENSOCKETFUNCTION, CURLOPT_CLOSESOCKETFUNCTION.
  static curl_socket_t open(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int close(void* self, curl_socket_t fd);

 private:
  struct Socket {
    std::uint32_t wanted = 0;      ///< EPOLLIN, EPOLLOUT: what curl waits for
    std::uint32_t registered = 0;  ///< what the kernel was told
    bool is_connection = false;    ///< opened by open(), so that close() will hear of its end
  };
  Socket& at(curl_socket_t fd);
  void tell_kernel(curl_socket_t fd, Socket& socket, std::uint32_t events);

  FileDescriptor epoll_;
  std::vector<Socket> sockets_;  ///< by descriptor
  std::vector<Ready> ready_;
};

}  // namespace runbook
