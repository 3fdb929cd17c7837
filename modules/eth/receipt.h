#pragma once
// Receipts as recipes see them.

#include "engine/base/json.h"

namespace runbook {

/// { hash, block, block_hash, status, gas_used, fee, from, to | address, logs } of a node's
/// receipt, in stored form: block, gas_used and fee are bigints, status is 1 or 0, `address` is
/// that of the contract it created, logs are as log_result has them. Throws
/// Error(Code::jsonrpc_invalid).
Json receipt_result(const Json& receipt);
/// { address, block, block_hash, hash, index, topics, data } of one log.
Json log_result(const Json& log);

}  // namespace runbook
