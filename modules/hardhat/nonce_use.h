#pragma once
// Which mined transaction used a nonce: no node answers that in one question.

#include <cstdint>
#include <string>

#include "modules/hardhat/chain.h"

namespace runbook::hardhat {

/// Its hash; empty if the node cannot say: it is behind, or keeps no state of blocks so old.
Task<std::string> user_of_nonce(Chain& chain, std::string sender, std::uint64_t nonce);

}  // namespace runbook::hardhat
