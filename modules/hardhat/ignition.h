#pragma once
// The journal of Hardhat Ignition: what became of each of its futures.

#include <string_view>

#include "engine/base/json.h"

namespace runbook::hardhat {

/// { chain_id, futures = { id = { state, from, address, error, transactions = { { hash, nonce,
/// block } } } } }; state is "ok", "failed", "held" or "open". An unfinished last line, which a
/// killed Ignition leaves, is passed over. `what` names the text in Error(Code::json_invalid).
Json ignition_state(std::string_view journal, std::string_view what);

}  // namespace runbook::hardhat
