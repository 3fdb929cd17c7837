#pragma once
// Transactions and their bytes: legacy with a chain id (EIP-155), with an access list (EIP-2930),
// with a base fee (EIP-1559).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bigint.h"
#include "modules/eth/key.h"

namespace runbook {

struct AccessedAccount {
  std::string address;            ///< 20 bytes
  std::vector<std::string> keys;  ///< 32 bytes each
};

struct Transaction {
  enum class Kind : std::uint8_t { legacy = 0, access_list = 1, base_fee = 2 };

  Kind kind = Kind::legacy;
  Bigint chain_id;
  Bigint nonce;
  Bigint gas;
  Bigint gas_price;  ///< not of Kind::base_fee
  Bigint max_fee;    ///< of Kind::base_fee, as is the next
  Bigint max_priority_fee;
  std::string to;  ///< 20 bytes; empty creates a contract
  Bigint value;
  std::string data;
  std::vector<AccessedAccount> access_list;
};

/// What the sender signs the hash of.
std::string unsigned_bytes(const Transaction& transaction);
/// What nodes take; its hash is the transaction's.
std::string signed_bytes(const Transaction& transaction, const Signature& signature);

}  // namespace runbook
