#pragma once
// The service's own port in its arguments, variables and addresses.

#include <string>

namespace runbook {

/// `text` with every "{port}" replaced. Error(Code::option_invalid) if there is one and port is 0.
std::string with_port(std::string text, int port);

}  // namespace runbook
