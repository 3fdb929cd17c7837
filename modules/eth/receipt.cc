#include "modules/eth/receipt.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "modules/eth/address.h"
#include "modules/eth/chain_client.h"
#include "modules/eth/chain_options.h"

namespace runbook {

namespace {

const Json& part_of(const Json& whole, const char* key, std::string_view what) {
  const auto found = whole.is_object() ? whole.find(key) : whole.end();
  if (found == whole.end() || found->is_null()) {
    throw Error(Code::jsonrpc_invalid, fmt::format("the node's {} has no \"{}\"", what, key))
        .with_effect(EffectDone::none);
  }
  return *found;
}

const std::string& text_part(const Json& whole, const char* key, std::string_view what) {
  const Json& part = part_of(whole, key, what);
  if (!part.is_string()) {
    throw Error(Code::jsonrpc_invalid, fmt::format("the {}'s \"{}\" is not text", what, key))
        .with_effect(EffectDone::none);
  }
  return part.get_ref<const std::string&>();
}

Json address_part(const Json& whole, const char* key, std::string_view what) {
  return checksum_address(parse_address(text_part(whole, key, what)));
}

Json number_part(const Json& whole, const char* key, std::string_view what) {
  return stored(node_quantity(part_of(whole, key, what)));
}

/// Absent in receipts of before EIP-1559 on some chains.
Bigint gas_price(const Json& receipt) {
  const Json price = receipt.value("effectiveGasPrice", Json());
  return price.is_null() ? Bigint() : node_quantity(price);
}

}  // namespace

Json log_result(const Json& log) {
  constexpr std::string_view kWhat = "log";
  return {{"address", address_part(log, "address", kWhat)},
          {"block", number_part(log, "blockNumber", kWhat)},
          {"block_hash", text_part(log, "blockHash", kWhat)},
          {"hash", text_part(log, "transactionHash", kWhat)},
          {"index", node_number(part_of(log, "logIndex", kWhat))},
          {"topics", part_of(log, "topics", kWhat)},
          {"data", text_part(log, "data", kWhat)}};
}

Json receipt_result(const Json& receipt) {
  constexpr std::string_view kWhat = "receipt";
  const Bigint gas = node_quantity(part_of(receipt, "gasUsed", kWhat));
  Json result = {{"hash", text_part(receipt, "transactionHash", kWhat)},
                 {"block", number_part(receipt, "blockNumber", kWhat)},
                 {"block_hash", text_part(receipt, "blockHash", kWhat)},
                 {"status", node_number(part_of(receipt, "status", kWhat))},
                 {"gas_used", stored(gas)},
                 {"fee", stored(gas * gas_price(receipt))},
                 {"from", address_part(receipt, "from", kWhat)},
                 {"logs", Json::array()}};
  if (receipt.value("to", Json()).is_string()) {
    result["to"] = address_part(receipt, "to", kWhat);
  }
  if (receipt.value("contractAddress", Json()).is_string()) {
    result["address"] = address_part(receipt, "contractAddress", kWhat);
  }
  for (const Json& log : part_of(receipt, "logs", kWhat)) {
    result["logs"].push_back(log_result(log));
  }
  return result;
}

}  // namespace runbook
