#include "tests/io_http/tls_server.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include <openssl/x509v3.h>

#include "engine/base/error.h"

namespace runbook::test {

namespace {

template <typename T, void (*Free)(T*)>
struct Freed {
  void operator()(T* pointer) const { Free(pointer); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Freed<SSL_CTX, SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Freed<SSL, SSL_free>>;

Certificate sign_own(EVP_PKEY* key, const std::string& name) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  const unsigned char text[] = "test";
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str());
  X509_add_ext(certificate.get(), names, -1);
  X509_EXTENSION_free(names);
  RB_CHECK(X509_sign(certificate.get(), key, EVP_sha256()) > 0);
  return certificate;
}

}  // namespace

struct TlsServer::Impl {
  std::string curve = "P-256";
  Key key{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve.data())};
  Certificate certificate;
  Context context{SSL_CTX_new(TLS_server_method())};
  std::string answer;
  int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int port = 0;
  std::atomic<int> requests = 0;
  std::thread thread;

  void listen() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    RB_CHECK(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
    RB_CHECK(::listen(listener, 16) == 0);
    RB_CHECK(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port = ntohs(address.sin_port);
  }

  void serve() {
    for (;;) {
      const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) {
        return;  // shut down by the destructor
      }
      const Session session(SSL_new(context.get()));
      SSL_set_fd(session.get(), fd);
      char buffer[4096];
      if (SSL_accept(session.get()) == 1 && SSL_read(session.get(), buffer, sizeof buffer) > 0) {
        ++requests;
        SSL_write(session.get(), answer.data(), static_cast<int>(answer.size()));
        SSL_shutdown(session.get());
      }
      ::close(fd);
    }
  }
};

TlsServer::TlsServer(const std::string& name, std::string raw_answer)
    : impl_(std::make_unique<Impl>()) {
  impl_->answer = std::move(raw_answer);
  impl_->certificate = sign_own(impl_->key.get(), name);
  SSL_CTX_use_certificate(impl_->context.get(), impl_->certificate.get());
  SSL_CTX_use_PrivateKey(impl_->context.get(), impl_->key.get());
  impl_->listen();
  impl_->thread = std::thread([this] { impl_->serve(); });
}

TlsServer::~TlsServer() {
  ::shutdown(impl_->listener, SHUT_RDWR);
  impl_->thread.join();
  ::close(impl_->listener);
}

std::string TlsServer::url() const {
  return fmt::format("https://127.0.0.1:{}/", impl_->port);
}

std::string TlsServer::certificate() const {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(memory, impl_->certificate.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  std::string pem(text, static_cast<std::size_t>(size));
  BIO_free(memory);
  return pem;
}

int TlsServer::requests() const {
  return impl_->requests;
}

}  // namespace runbook::test
