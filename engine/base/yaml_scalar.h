#pragma once
// What a plain YAML scalar means by the core schema.

#include <optional>
#include <string_view>

#include "engine/base/json.h"

namespace runbook {

/// Null, boolean, number or the text itself; nullopt for infinities and NaN, which are not data.
std::optional<Json> resolve_plain_scalar(std::string_view text);

}  // namespace runbook
