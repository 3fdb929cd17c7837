#include "engine/base/openssl_version.h"

#include <openssl/crypto.h>

namespace runbook {

std::string openssl_version() {
  return std::string("OpenSSL ") + OpenSSL_version(OPENSSL_VERSION_STRING);
}

}  // namespace runbook
