#pragma once
// What a variable or a field is called when its value is a secret.

#include <string_view>

namespace runbook {

/// True of names such as DEPLOYER_KEY, apiToken, node-password: what has one is not shown, and is
/// asked for by secret().
bool names_secret(std::string_view name);

}  // namespace runbook
