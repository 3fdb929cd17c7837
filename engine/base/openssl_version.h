#pragma once
// For `runbook doctor`.

#include <string>

namespace runbook {

std::string openssl_version();  ///< "OpenSSL 3.0.17"

}  // namespace runbook
