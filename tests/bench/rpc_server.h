#pragma once
// A JSON-RPC server in a process of its own that costs next to nothing: one thread, epoll, no JSON.

#include <sys/types.h>

#include <string>

namespace runbook::bench {

class RpcServer {
 public:
  RpcServer();
  ~RpcServer();  ///< ends the process
  RpcServer(const RpcServer&) = delete;
  RpcServer& operator=(const RpcServer&) = delete;
  std::string url() const;

 private:
  int port_ = 0;
  pid_t pid_ = 0;
};

}  // namespace runbook::bench
