// block, receipt: what a chain keeps of its history.
#include "engine/base/hash.h"
#include "modules/eth/abi_type.h"
#include "modules/eth/address.h"
#include "modules/eth/chain_options.h"
#include "modules/eth/chain_read.h"
#include "modules/eth/receipt.h"

namespace runbook {

namespace {

/// Of a pending block some are null; they are left out.
void take_quantity(Json& result, const char* name, const Json& block, const char* key) {
  const Json value = block.value(key, Json());
  if (!value.is_null()) {
    result[name] = stored(node_quantity(value));
  }
}

Json block_result(const Json& block) {
  if (!block.is_object()) {
    return nullptr;
  }
  Json result = {{"timestamp", node_number(block.value("timestamp", Json()))},
                 {"transactions", block.value("transactions", Json::array())}};
  take_quantity(result, "number", block, "number");
  take_quantity(result, "base_fee", block, "baseFeePerGas");
  take_quantity(result, "gas_used", block, "gasUsed");
  take_quantity(result, "gas_limit", block, "gasLimit");
  for (const auto& [name, key] : {std::pair("hash", "hash"), std::pair("parent", "parentHash")}) {
    if (const Json hash = block.value(key, Json()); hash.is_string()) {
      result[name] = hash;
    }
  }
  return result;
}

ChainRead read_block(const Json& options, ArtifactFiles& /*files*/) {
  const Json block = block_parameter(options);
  const char* method = block.is_object() ? "eth_getBlockByHash" : "eth_getBlockByNumber";
  ChainRead read;
  read.request = {method, Json::array({block.is_object() ? block.at("blockHash") : block, false})};
  read.take = [method](const JsonRpcAnswer& answer) {
    return block_result(node_result(answer, method));
  };
  return read;
}

ChainRead read_receipt(const Json& options, ArtifactFiles& /*files*/) {
  ChainRead read;
  read.request = {"eth_getTransactionReceipt", Json::array({transaction_hash(options)})};
  read.take = [](const JsonRpcAnswer& answer) {
    const Json& receipt = node_result(answer, "eth_getTransactionReceipt");
    return receipt.is_null() ? Json() : receipt_result(receipt);
  };
  return read;
}

Function block_declared() {
  Option which = block_option();
  which.help = "which: a number, a hash, latest, pending, safe, finalized or earliest";
  return {
      .name = "block",
      .effect = Effect::read,
      .summary = "A block of the chain; the newest if none is named.",
      .options = joined({which}, chain_options()),
      .returns =
          "{ number, hash, parent, timestamp, base_fee, gas_used, gas_limit, transactions }, or "
          "nil if there is none: timestamp in seconds since 1970, transactions as hashes, "
          "base_fee absent where the chain has none",
      .errors = chain_errors({Code::option_invalid}),
      .example =
          "local eth = require \"eth\"\n"
          "step(\"look at the head\", function()\n"
          "  local head = eth.block { url = \"http://127.0.0.1:8545\" }\n"
          "  log(\"block \" .. head.number .. \" of \" .. head.timestamp)\n"
          "end)",
      .tagged = true,
      .run = run_read<read_block>};
}

Function receipt_declared() {
  return {.name = "receipt",
          .effect = Effect::read,
          .summary = "What became of a transaction. eth.wait waits for it.",
          .options = joined({hash_option()}, chain_options()),
          .returns =
              "nil while it is not in a block; else { hash, block, block_hash, status, gas_used, "
              "fee, from, to or address, logs }: status 1, or 0 if it reverted; address is that of "
              "the contract it created",
          .errors = chain_errors({Code::option_invalid}),
          .example =
              "local eth = require \"eth\"\n"
              "local hash = \"0x\" .. (\"ab\"):rep(32)\n"
              "step(\"look\", function()\n"
              "  return eth.receipt { hash, url = \"http://127.0.0.1:8545\" }\n"
              "end)",
          .tagged = true,
          .run = run_read<read_receipt>};
}

}  // namespace

std::vector<ReadPrimitive> block_reads() {
  return {{block_declared(), read_block}, {receipt_declared(), read_receipt}};
}

Option hash_option() {
  return {.name = "hash",
          .type = Type::string,
          .required = Required::yes,
          .help = "the transaction's hash",
          .positional = true};
}

std::string transaction_hash(const Json& options) {
  const Json hash = options.value("hash", Json());
  const std::string bytes = hash.is_string() ? from_hex(hash.get<std::string>()) : std::string();
  if (bytes.size() != kWordBytes) {
    refuse(Code::option_invalid, "hash is not the 32 bytes of a transaction's hash, as hex");
  }
  return "0x" + to_hex(bytes);
}

}  // namespace runbook
