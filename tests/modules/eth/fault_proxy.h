#pragma once
// A node behind bad luck: what is asked is passed on to the node, or fails in a chosen way, for
// chosen methods. A batch that holds such a method fares as the method does.

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "tests/io_http/http_server.h"

namespace runbook::test {

enum class Fault {
  none,
  refuse,  ///< closes the connection; the node hears nothing
  drop,    ///< the node has acted; then the connection is closed
  hang,    ///< the node has acted; no answer ever comes
  limit,   ///< 429; the node hears nothing
  error,   ///< 503; the node hears nothing
  other,   ///< another node answers: one that is behind
  deny     ///< of a batch the first call with the method is an error for good; the rest fares well
};

class FaultProxy {
 public:
  /// `other` is asked by Fault::other. Both outlive the proxy.
  explicit FaultProxy(std::string url, std::string other = "");

  std::string url() const { return server_.url(); }
  /// The next `times` requests with this method ("" is any), and then none; each second of them
  /// only, if `alternates`.
  void set(Fault fault, std::string method = "", int times = 1'000'000, bool alternates = false);
  /// Called on the proxy's thread when a request with `method` has fared as it does, before its
  /// sender knows. Null: no longer.
  void on_request(std::string method, std::function<void()> then);
  /// How many requests had this method.
  int count(const std::string& method) const;

 private:
  struct Plan {
    Fault fault = Fault::none;
    std::string method;
    int times = 0;
    bool alternates = false;
    int seen = 0;
  };
  Reply answer(const SeenRequest& request);
  struct Fate {
    Fault fault = Fault::none;
    std::string method;
  };
  Fate next_fate(const std::vector<std::string>& methods);
  Reply fare(const Fate& fate, const std::string& body) const;

  const std::string url_;
  const std::string other_;
  mutable std::mutex mutex_;
  std::vector<Plan> plans_;
  std::map<std::string, std::function<void()>> then_;
  std::map<std::string, int> counts_;
  HttpServer server_;  ///< last: its thread uses the rest
};

}  // namespace runbook::test
