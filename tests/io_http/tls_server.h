#pragma once
// An HTTPS server on a free loopback port, on a thread of its own, with a certificate it signs
// itself: one answer for everybody.

#include <memory>
#include <string>
#include <string_view>

namespace runbook::test {

class TlsServer {
 public:
  /// `name` is what the certificate is for: "IP:127.0.0.1", "DNS:node.example".
  explicit TlsServer(const std::string& name, std::string raw_answer);
  ~TlsServer();
  std::string url() const;          ///< https://127.0.0.1:port/
  std::string certificate() const;  ///< PEM
  int requests() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runbook::test
