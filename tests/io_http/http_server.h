#pragma once
// A small HTTP/1.1 server on a free loopback port, on a thread of its own, that can misbehave: what
// it answers is bytes, after which it may close or say nothing.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runbook::test {

struct SeenRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  int connection = 0;  ///< 1 for the first the server accepted
};

struct Reply {
  std::string raw;     ///< sent as it is
  bool close = false;  ///< the connection, after `raw`
};

using Headers = std::vector<std::pair<std::string, std::string>>;
/// A proper answer that keeps the connection open.
Reply reply(int status, std::string_view body, const Headers& headers = {});

class HttpServer {
 public:
  /// `answer` runs on the server's thread. An empty Reply without `close`: the client waits for
  /// ever. `port` 0: a free one.
  explicit HttpServer(std::function<Reply(const SeenRequest&)> answer, int port = 0);
  ~HttpServer();

  int port() const;
  std::string url(std::string_view target = "/") const;
  std::vector<SeenRequest> seen() const;
  /// Waits until `count` connections have been closed by the server and their clients can see it.
  void await_closed(std::size_t count);
  /// From `answer` only: refuses further connections.
  void stop_listening();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A loopback port that nobody listens on.
int closed_port();

}  // namespace runbook::test
