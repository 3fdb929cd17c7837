#pragma once
// For `runbook doctor`.

#include <string>

namespace runbook {

/// "libcurl 7.88.1"; opens it. Error(Code::http_unavailable).
std::string libcurl_version();

}  // namespace runbook
