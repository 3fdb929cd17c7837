#pragma once
// Whole numbers as recipes give them: a number up to 2^53, decimal or hex digits, "0.5 ether", or
// the text that a bigint arrives as.

#include <string_view>

#include "engine/base/bigint.h"
#include "engine/base/json.h"

namespace runbook {

/// Throws Error(Code::bigint_invalid).
Bigint parse_quantity(const Json& value);

}  // namespace runbook
