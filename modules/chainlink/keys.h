#pragma once
// A node's keys as recipes see them.

#include <string>
#include <vector>

#include "modules/chainlink/document.h"

namespace runbook::chainlink {

inline constexpr const char* kOcr2Keys = "/v2/keys/ocr2";
inline constexpr const char* kAptosKeys = "/v2/keys/aptos";

/// { id, chain_type, onchain_public_key, offchain_public_key, config_public_key, raw = { the three
/// as the node writes them } }.
Json ocr2_key_of(const Node& node, const Resource& key);
/// { id, account, public_key }.
Json aptos_key_of(const Node& node, const Resource& key);
std::string chain_type_of(const Node& node, const Resource& key);

}  // namespace runbook::chainlink
