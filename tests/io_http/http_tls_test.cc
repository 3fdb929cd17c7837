// TLS is verified, always.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/catch.h"
#include "tests/io_http/client.h"
#include "tests/io_http/http_server.h"
#include "tests/io_http/tls_server.h"

using namespace runbook;
using namespace runbook::test;

namespace {

const std::string kAnswer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nsafe";

/// The server's certificate in a file, for as long as this lives.
class CertificateFile {
 public:
  explicit CertificateFile(const TlsServer& server) : path_(make_path()) {
    std::ofstream(path_) << server.certificate();
  }
  ~CertificateFile() { std::filesystem::remove(path_); }
  std::string path() const { return path_; }

 private:
  static std::string make_path() {
    std::string path = std::filesystem::temp_directory_path() / "runbook-ca-XXXXXX";
    ::close(::mkstemp(path.data()));
    return path;
  }
  std::string path_;
};

}  // namespace

TEST_CASE("A certificate that nobody vouches for is refused before anything is sent", "[http]") {
  TlsServer server("IP:127.0.0.1", kAnswer);
  Client client;
  const Error error = client.failure(post(server.url()));
  CHECK(error.code == Code::http_tls);
  CHECK(error.effect == EffectDone::none);
  CHECK_FALSE(error.transient);
  CHECK(server.requests() == 0);
}

TEST_CASE("ca_file names who vouches, for that request only", "[http]") {
  TlsServer server("IP:127.0.0.1", kAnswer);
  const CertificateFile file(server);
  Client client;
  HttpRequest request = get(server.url());
  request.ca_file = file.path();
  CHECK(client.send(request).body == "safe");
  CHECK(client.failure(get(server.url())).code == Code::http_tls);
  CHECK(server.requests() == 1);
}

TEST_CASE("A certificate for another host is refused", "[http]") {
  TlsServer server("DNS:node.example", kAnswer);
  const CertificateFile file(server);
  Client client;
  HttpRequest request = get(server.url());
  request.ca_file = file.path();
  const Error error = client.failure(request);
  CHECK(error.code == Code::http_tls);
  CHECK(error.effect == EffectDone::none);
  CHECK(server.requests() == 0);
}

TEST_CASE("A ca_file that is not there is an error of the certificate", "[http]") {
  TlsServer server("IP:127.0.0.1", kAnswer);
  Client client;
  HttpRequest request = get(server.url());
  request.ca_file = "/nowhere/ca.pem";
  CHECK(client.failure(request).code == Code::http_tls);
}

TEST_CASE("A redirect from https to http is not followed", "[http]") {
  HttpServer plain([](const SeenRequest&) { return reply(200, "plain"); });
  TlsServer server("IP:127.0.0.1",
                   "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\n"
                   "Location: " +
                       plain.url() + "\r\n\r\n");
  const CertificateFile file(server);
  Client client;
  HttpRequest request = get(server.url());
  request.ca_file = file.path();
  request.follow_redirects = true;
  CHECK(client.send(request).status == 302);
  CHECK(plain.seen().empty());
}
