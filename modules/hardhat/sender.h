#pragma once
// The account that deploys: nobody else numbers its transactions meanwhile, and what it did is
// compared with what the files say.

#include "modules/hardhat/chain.h"
#include "modules/hardhat/deployments.h"
#include "modules/hardhat/network.h"

namespace runbook::hardhat {

/// Takes the leases of the account that deploys and of those with an open transaction of an
/// earlier deploy. Error(Code::sender_busy) naming the run that has an open transaction of one;
/// Error(Code::lock_held).
Task<void> hold_senders(Call& call, Chain& chain, HardhatNetwork network);
/// From here on, a contract of this sender that no file names was sent by this deploy: amends the
/// intent, and holds the senders again. REQUIRES: hold_senders(). Fails as that does.
Task<void> note_nonce(Call& call, Chain& chain, HardhatNetwork network);
/// What the account of a cut-off deploy did besides what the files say. REQUIRES: note_nonce()
/// amended `intent`.
Task<Outcome> examine_sender(Chain& chain, DeploymentsFolder folder, Json intent);

}  // namespace runbook::hardhat
