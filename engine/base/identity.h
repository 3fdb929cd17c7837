#pragma once
// Who and where we are, as the journal records it.

#include <string>

namespace runbook {

/// SUDO_USER, USER or LOGNAME, else "uid 1000".
std::string user_name();
std::string host_name();

}  // namespace runbook
