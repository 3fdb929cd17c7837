#pragma once
// Messages that people sign: apart from all that is a transaction.

#include <string_view>

#include "engine/base/hash.h"

namespace runbook {

/// What is signed of a personal message (EIP-191, version 0x45).
Digest message_hash(std::string_view message);

}  // namespace runbook
