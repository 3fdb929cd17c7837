#pragma once
// Who sends: a private key, a keystore file, or an account that the node keeps unlocked.

#include <memory>
#include <string>

#include "modules/eth/key.h"
#include "modules/eth/transaction_intent.h"

namespace runbook {

struct Account {
  std::string address;                    ///< 20 bytes
  std::shared_ptr<const PrivateKey> key;  ///< null: the node signs
};

/// The sender's 20 bytes without waiting: by `sender`, `account`, `key`, or the address that the
/// keystore file names. Throws Error(Code::option_invalid) where none is given.
std::string sender_of(Call& call);
/// Opens the keystore, once a session. Error(Code::key_invalid) where the key is not `sender`'s.
Task<Account> account_of(Call& call);
/// The intent's transaction with these fees, signed; without bytes where the node keeps the account
/// and cannot sign without sending.
Task<Alternative> signed_alternative(Account account, ChainClient& client, TransactionIntent intent,
                                     Fees fees, CancelPtr cancel);

}  // namespace runbook
