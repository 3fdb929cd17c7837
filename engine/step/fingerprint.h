#pragma once
// Which call is "the same call": a hash of the primitive's arguments as the journal stores them.

#include <string>

#include "engine/base/json.h"

namespace runbook {

/// 32 hex digits of the sha256 of the sorted JSON text. Secrets count by reference, not by value.
std::string fingerprint(const Json& arguments);

}  // namespace runbook
