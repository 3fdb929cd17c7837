#pragma once
// What a run did to a chain, and whether it is still there: a chain that began anew with the same
// first block is found by its newest transaction's block.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "modules/eth/chain_client.h"

namespace runbook {

/// A transaction of the run that is in a block.
struct SettledCall {
  std::string step;
  std::string hash;
  std::uint64_t block = 0;
  std::string block_hash;
  std::string address;  ///< 0x…, of a contract that it created; else empty
};

/// Those of this chain among `calls`, a list of { step, chain_id, genesis, hash, block, block_hash,
/// address }, in their order. What has no block is none.
std::vector<SettledCall> settled_calls(const Json& calls, const ChainIdentity& chain);
/// The one in the highest block. REQUIRES: not empty.
const SettledCall& newest_of(const std::vector<SettledCall>& calls);

/// Nothing if all is there; else the first whose effect is not: of a transaction that came back in
/// another block it is.
Task<std::optional<SettledCall>> first_gone(Loop& loop, ChainClient& client,
                                            std::vector<SettledCall> calls, CancelPtr cancel);

}  // namespace runbook
