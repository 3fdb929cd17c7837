#pragma once
// The node behind a network of Hardhat, asked by us: what Hardhat remembers in files is compared
// with it.

#include <cstdint>
#include <optional>
#include <string>

#include "engine/io/jsonrpc.h"
#include "engine/lua/module.h"

namespace runbook::hardhat {

class Chain {
 public:
  /// REQUIRES: outlived by `call`. Error(Code::permission_refused) where the recipe may not go.
  Chain(Call& call, std::string url);

  /// All throw Error(Code::hardhat_unreachable), transient, if the node does not answer within a
  /// few tries, and Error(Code::jsonrpc_error) if it refuses.
  Task<void> identify();                        ///< fills id() and genesis()
  Task<std::string> code(std::string address);  ///< 0x…, 0x if there is none
  Task<std::uint64_t> count(std::string address, std::string block);  ///< "latest", "pending", 0x…
  Task<std::uint64_t> head();                       ///< the number of the newest block
  Task<Json> transactions_in(std::uint64_t block);  ///< as the node says them; empty: no such block
  /// As hardhat-deploy writes it; null if the transaction is in no block.
  Task<Json> receipt(std::string hash);
  /// Empty if the node took or has it, else its refusal.
  Task<std::string> send_raw(std::string raw);

  const std::string& id() const { return id_; }              ///< decimal
  std::uint64_t number() const { return std::stoull(id_); }  ///< the same
  const std::string& genesis() const { return genesis_; }
  /// The lease under which the transactions of an account are numbered.
  std::string lease_of(const std::string& sender) const;

 private:
  Task<Json> ask(const char* method, Json params);

  Call& call_;
  JsonRpcClient client_;
  JsonRpcEndpoint endpoint_;
  std::string id_, genesis_;
};

}  // namespace runbook::hardhat
