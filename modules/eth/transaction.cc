#include "modules/eth/transaction.h"

#include "modules/eth/rlp.h"

namespace runbook {

namespace {

std::string integer(const Bigint& number) {
  const Bigint::Word word = number.word();
  return rlp_integer({reinterpret_cast<const char*>(word.data()), word.size()});
}

std::string access_list(const std::vector<AccessedAccount>& accounts) {
  std::string encoded;
  for (const AccessedAccount& account : accounts) {
    std::string keys;
    for (const std::string& key : account.keys) {
      keys += rlp_string(key);
    }
    encoded += rlp_list(rlp_string(account.address) + rlp_list(keys));
  }
  return rlp_list(encoded);
}

/// The fields in front of the signature.
std::string fields(const Transaction& transaction) {
  using Kind = Transaction::Kind;
  std::string encoded =
      transaction.kind == Kind::legacy ? std::string() : integer(transaction.chain_id);
  encoded += integer(transaction.nonce);
  encoded += transaction.kind == Kind::base_fee
                 ? integer(transaction.max_priority_fee) + integer(transaction.max_fee)
                 : integer(transaction.gas_price);
  encoded += integer(transaction.gas) + rlp_string(transaction.to) + integer(transaction.value) +
             rlp_string(transaction.data);
  return transaction.kind == Kind::legacy ? encoded
                                          : encoded + access_list(transaction.access_list);
}

/// EIP-2718: the number of its type before all but the first kind.
std::string enveloped(const Transaction& transaction, const std::string& encoded) {
  const std::string list = rlp_list(encoded);
  return transaction.kind == Transaction::Kind::legacy ? list
                                                       : static_cast<char>(transaction.kind) + list;
}

}  // namespace

std::string unsigned_bytes(const Transaction& transaction) {
  std::string encoded = fields(transaction);
  if (transaction.kind == Transaction::Kind::legacy) {
    encoded += integer(transaction.chain_id) + rlp_integer("") + rlp_integer("");
  }
  return enveloped(transaction, encoded);
}

std::string signed_bytes(const Transaction& transaction, const Signature& signature) {
  const Bigint recovery(signature.recovery);
  const Bigint v = transaction.kind == Transaction::Kind::legacy
                       ? transaction.chain_id * Bigint(2) + Bigint(35) + recovery
                       : recovery;
  return enveloped(transaction, fields(transaction) + integer(v) + rlp_integer(signature.r) +
                                    rlp_integer(signature.s));
}

}  // namespace runbook
