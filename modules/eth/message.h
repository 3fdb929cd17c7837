#pragma once
// Messages that people sign: apart from all that is a transaction.

#include <string>
#include <string_view>

#include "engine/base/hash.h"

namespace runbook {

/// What is signed of a personal message (EIP-191, version 0x45).
Digest message_hash(std::string_view message);
/// Of the options `message` and `hex` ("true: message is hex text and stands for its bytes").
Digest message_option_hash(const std::string& message, bool is_hex);

}  // namespace runbook
