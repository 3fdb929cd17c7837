#pragma once
// For `runbook doctor`.

#include <string>

namespace runbook {

std::string sqlite_version();  ///< "SQLite 3.40.1"

}  // namespace runbook
