#include "modules/eth/transaction_intent.h"

#include <fmt/format.h>

#include "engine/base/hash.h"
#include "modules/eth/address.h"

namespace runbook {

namespace {

std::string hex_text(std::string_view bytes) {
  return "0x" + to_hex(bytes);
}

Json alternative_json(const Alternative& alternative) {
  Json json = fees_json(alternative.fees);
  if (!alternative.raw.empty()) {
    json["raw"] = hex_text(alternative.raw);
  }
  if (!alternative.hash.empty()) {
    json["hash"] = alternative.hash;
  }
  return json;
}

Alternative read_alternative(const Json& json) {
  return {.raw = from_hex(json.value("raw", "")),
          .hash = json.value("hash", ""),
          .fees = read_fees(json)};
}

}  // namespace

std::string account_resource(const ChainIdentity& chain, const std::string& address) {
  return fmt::format("eth/{}/{}/{}", chain.genesis, chain.chain_id, hex_text(address));
}

std::string intent_text(const TransactionIntent& intent) {
  const std::string& hash = intent.newest().hash;
  return fmt::format("nonce {}, {}, {}", intent.nonce, hash.empty() ? "signed by the node" : hash,
                     fees_text(intent.newest().fees));
}

Json intent_json(const TransactionIntent& intent) {
  Json json = {{"chain_id", intent.chain.chain_id},
               {"genesis", intent.chain.genesis},
               {"sender", checksum_address(intent.sender)},
               {"nonce", intent.nonce},
               {"to", intent.to.empty() ? Json() : Json(checksum_address(intent.to))},
               {"value", intent.value.text()},
               {"data", hex_text(intent.data)},
               {"gas", intent.gas},
               {"head", intent.head},
               {"alternatives", Json::array()},
               {"text", intent_text(intent)}};
  for (const Alternative& alternative : intent.alternatives) {
    json["alternatives"].push_back(alternative_json(alternative));
  }
  if (!intent.reason.empty()) {
    json["reason"] = intent.reason;
  }
  for (const TransactionIntent& filler : intent.fillers) {
    json["fillers"].push_back(intent_json(filler));
  }
  return json;
}

TransactionIntent read_intent(const Json& json) {
  if (!json.is_object() || !json.contains("alternatives") || json.at("alternatives").empty()) {
    throw Error(Code::jsonrpc_invalid, "the record is not that of a transaction")
        .with_effect(EffectDone::unknown);
  }
  TransactionIntent intent;
  intent.chain = {json.at("chain_id").get<std::uint64_t>(), json.at("genesis").get<std::string>()};
  intent.sender = parse_address(json.at("sender").get<std::string>());
  intent.nonce = json.at("nonce").get<std::uint64_t>();
  intent.to = json.at("to").is_null() ? "" : parse_address(json.at("to").get<std::string>());
  intent.value = Bigint::parse(json.at("value").get<std::string>());
  intent.data = from_hex(json.at("data").get<std::string>());
  intent.gas = json.at("gas").get<std::uint64_t>();
  intent.head = json.at("head").get<std::uint64_t>();
  intent.reason = json.value("reason", "");
  for (const Json& alternative : json.at("alternatives")) {
    intent.alternatives.push_back(read_alternative(alternative));
  }
  if (json.contains("fillers")) {
    for (const Json& filler : json.at("fillers")) {
      intent.fillers.push_back(read_intent(filler));
    }
  }
  return intent;
}

Transaction transaction_with(const TransactionIntent& intent, const Fees& fees) {
  Transaction transaction;
  transaction.kind = fees.gas_price ? Transaction::Kind::legacy : Transaction::Kind::base_fee;
  transaction.chain_id = Bigint(static_cast<std::int64_t>(intent.chain.chain_id));
  transaction.nonce = Bigint(static_cast<std::int64_t>(intent.nonce));
  transaction.gas = Bigint(static_cast<std::int64_t>(intent.gas));
  transaction.gas_price = fees.gas_price.value_or(Bigint());
  transaction.max_fee = fees.max_fee;
  transaction.max_priority_fee = fees.max_priority_fee;
  transaction.to = intent.to;
  transaction.value = intent.value;
  transaction.data = intent.data;
  return transaction;
}

Json node_transaction(const TransactionIntent& intent) {
  Json json = {{"from", hex_text(intent.sender)}, {"value", intent.value.hex()}};
  if (!intent.to.empty()) {
    json["to"] = hex_text(intent.to);
  }
  if (!intent.data.empty()) {
    json["data"] = hex_text(intent.data);
  }
  if (intent.gas != 0) {
    json["gas"] = hex_number(intent.gas);
  }
  return json;
}

Json node_transaction(const TransactionIntent& intent, const Fees& fees) {
  Json json = node_transaction(intent);
  json["nonce"] = hex_number(intent.nonce);
  json["chainId"] = hex_number(intent.chain.chain_id);
  if (fees.gas_price) {
    json["gasPrice"] = fees.gas_price->hex();
  } else {
    json["maxFeePerGas"] = fees.max_fee.hex();
    json["maxPriorityFeePerGas"] = fees.max_priority_fee.hex();
  }
  return json;
}

TransactionIntent filler_of(const TransactionIntent& intent, std::uint64_t nonce) {
  constexpr std::uint64_t kTransferGas = 21'000;
  TransactionIntent filler;
  filler.chain = intent.chain;
  filler.sender = intent.sender;
  filler.nonce = nonce;
  filler.to = intent.sender;
  filler.gas = kTransferGas;
  filler.head = intent.head;
  return filler;
}

}  // namespace runbook
