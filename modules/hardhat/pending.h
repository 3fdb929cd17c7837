#pragma once
// What a hardhat deploy that was cut off had sent: left alone, the next one asks what to do with
// it, and does nothing.

#include "modules/hardhat/chain.h"
#include "modules/hardhat/deployments.h"

namespace runbook::hardhat {

/// The accounts that sent what is open, as far as it was noted.
std::vector<std::string> pending_senders(const Json& pending);

/// Waits until each open transaction of the folder is mined, sending its bytes again meanwhile, or
/// its nonce was seen used by another one; what was mined gets its deployment file. After
/// `patience`: Error(Code::transaction_open), transient; Error(Code::transaction_refused) if the
/// node does not take the bytes.
Task<void> settle_pending(Call& call, Chain& chain, const DeploymentsFolder& folder,
                          std::chrono::milliseconds patience);

}  // namespace runbook::hardhat
