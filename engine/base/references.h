#pragma once
// Text that is both redacted and read again by programs: the placeholders of secrets stay what they
// are.

#include <string>
#include <string_view>

namespace runbook {

class Redactor;

/// Values are masked in every encoding, placeholders ("rbsecret-" + 16 hex digits) are kept.
std::string redact_around_references(const Redactor& redactor, std::string_view text);

}  // namespace runbook
