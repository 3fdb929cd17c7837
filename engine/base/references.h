#pragma once
// Where secrets go on as references: in the journal, and in text that programs read again.

#include <string>
#include <string_view>

#include "engine/base/json.h"

namespace runbook {

class Redactor;
class SecretVault;

/// `value` as the journal may hold it: no secret's value, every placeholder as its reference.
Json recordable(const SecretVault& vault, const Json& value);

/// Values are masked in every encoding, placeholders ("rbsecret-" + 16 hex digits) are kept.
std::string redact_around_references(const Redactor& redactor, std::string_view text);

}  // namespace runbook
