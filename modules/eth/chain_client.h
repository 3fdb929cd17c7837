#pragma once
// A node as primitives ask it: reads of one turn of the loop go out as one batch, equal ones once,
// and are repeated when the node is not there or has had too many.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bigint.h"
#include "engine/io/jsonrpc.h"
#include "engine/lua/module.h"

namespace runbook {

/// A chain is one where both are the same; which node says so does not matter.
struct ChainIdentity {
  std::uint64_t chain_id = 0;
  std::string genesis;  ///< hash of block 0

  auto operator<=>(const ChainIdentity&) const = default;
};

struct Head {
  std::uint64_t number = 0;
  std::string hash;
  std::optional<Bigint> base_fee;
  Bigint gas_limit;
};

/// What fees are made of. `tip` is absent where the node has no eth_maxPriorityFeePerGas.
struct FeeData {
  std::optional<Bigint> base_fee;
  std::optional<Bigint> tip;
  Bigint gas_price;
};

/// Of a session, by URL: see client_of().
class ChainClient {
 public:
  /// `patience` is how long a call is repeated that the node did not answer.
  ChainClient(Loop& loop, HttpClient& http, JsonRpcEndpoint endpoint,
              std::chrono::milliseconds patience);
  ~ChainClient();
  ChainClient(const ChainClient&) = delete;
  ChainClient& operator=(const ChainClient&) = delete;

  /// What the node answered, an error answer too. Throws Error as JsonRpcClient once patience is at
  /// its end. Only for what may be repeated: reads, and eth_sendRawTransaction.
  Task<JsonRpcAnswer> ask(std::string method, Json params, CancelPtr cancel);
  /// The same for several, in one batch: what a node says of one moment.
  Task<std::vector<JsonRpcAnswer>> ask_all(std::vector<JsonRpcCall> calls, CancelPtr cancel);
  /// The results of several, by a node that is not behind what another behind this URL has said,
  /// as far as a batch is answered by one. Throws Error, transient, effect none.
  Task<std::vector<Json>> read_at_head(std::vector<JsonRpcCall> calls, CancelPtr cancel);
  /// The result; an error answer is Error(Code::jsonrpc_error), detail { code, message, data,
  /// method }, effect none.
  Task<Json> read(std::string method, Json params, CancelPtr cancel);

  Task<ChainIdentity> identity(CancelPtr cancel);  ///< asked once
  Task<Head> head(CancelPtr cancel);
  /// Of the last moment, good enough for fees.
  Task<Head> recent_head(CancelPtr cancel);
  Task<FeeData> fee_data(CancelPtr cancel);
  /// `block` is "latest", "pending", a number in hex; `address` 0x….
  Task<std::uint64_t> count(std::string address, std::string block, CancelPtr cancel);
  Task<Bigint> balance(std::string address, std::string block, CancelPtr cancel);
  Task<std::string> code(std::string address, std::string block, CancelPtr cancel);  ///< bytes
  Task<Json> receipt(std::string hash, CancelPtr cancel);  ///< null if there is none
  /// `transaction` as eth_estimateGas takes it.
  Task<Bigint> estimate(Json transaction, CancelPtr cancel);

  /// Of an answer to eth_getBlockByNumber.
  Head take_head(const Json& block);
  /// The highest block that any node behind this URL said it has.
  std::uint64_t seen_head() const;
  /// Waits until the next multiple of `interval`, the same for all, so that those who look again
  /// look together.
  Task<void> tick(std::chrono::milliseconds interval, CancelPtr cancel);
  /// "scheme://host", for messages.
  std::string shown_url() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// The session's client for the call's `url`, `headers` and timeouts.
ChainClient& client_of(Call& call);
/// The same, and which chain it serves. Error(Code::chain_mismatch) if that is not the call's
/// `chain_id`.
struct KnownChain {
  ChainClient& client;
  ChainIdentity identity;
};
Task<KnownChain> chain_of(Call& call);
/// The client of a recorded call: one that this session knows for that chain, else that of the
/// call's own `url`, which must serve it: Error(Code::chain_mismatch).
Task<KnownChain> chain_of_intent(Call& call, ChainIdentity identity);

/// "0x1f" of a number; and back: Error(Code::jsonrpc_invalid) where a node said something else.
std::string hex_number(std::uint64_t number);
std::uint64_t node_number(const Json& value);
Bigint node_quantity(const Json& value);

}  // namespace runbook
