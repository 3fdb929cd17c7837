#include "modules/eth/anchors.h"

#include <algorithm>

#include "modules/eth/chain_options.h"
#include "modules/eth/chain_read.h"

namespace runbook {

namespace {

std::string text_of(const Json& call, const char* key) {
  const Json text = call.value(key, Json());
  return text.is_string() ? text.get<std::string>() : std::string();
}

ChainRead is_block(const SettledCall& call) {
  ChainRead read;
  read.request = {"eth_getBlockByNumber", Json::array({hex_number(call.block), false})};
  read.take = [hash = call.block_hash](const JsonRpcAnswer& answer) {
    const Json& block = node_result(answer, "eth_getBlockByNumber");
    return Json(block.is_object() && block.value("hash", Json()) == hash);
  };
  return read;
}

ChainRead has_code(const SettledCall& call) {
  ChainRead read;
  read.request = {"eth_getCode", Json::array({call.address, "latest"})};
  read.take = [](const JsonRpcAnswer& answer) {
    return Json(node_result(answer, "eth_getCode") != "0x");
  };
  return read;
}

ChainRead has_receipt(const SettledCall& call) {
  ChainRead read;
  read.request = {"eth_getTransactionReceipt", Json::array({call.hash})};
  read.take = [](const JsonRpcAnswer& answer) {
    const Json& receipt = node_result(answer, "eth_getTransactionReceipt");
    return Json(receipt.is_object() && receipt.value("status", Json()) == "0x1");
  };
  return read;
}

bool all_true(const std::vector<Json>& answers) {
  return std::ranges::all_of(answers, [](const Json& answer) { return answer == true; });
}

}  // namespace

std::vector<SettledCall> settled_calls(const Json& calls, const ChainIdentity& chain) {
  std::vector<SettledCall> settled;
  for (const Json& call : calls) {
    const std::optional<std::uint64_t> block = count_option(call, "block");
    if (block && count_option(call, "chain_id") == chain.chain_id &&
        text_of(call, "genesis") == chain.genesis) {
      settled.push_back({.step = text_of(call, "step"),
                         .hash = text_of(call, "hash"),
                         .block = *block,
                         .block_hash = text_of(call, "block_hash"),
                         .address = text_of(call, "address")});
    }
  }
  return settled;
}

const SettledCall& newest_of(const std::vector<SettledCall>& calls) {
  return *std::ranges::max_element(calls, {}, &SettledCall::block);
}

Task<std::optional<SettledCall>> first_gone(Loop& loop, ChainClient& client,
                                            std::vector<SettledCall> calls, CancelPtr cancel) {
  if (calls.empty()) {
    co_return std::nullopt;
  }
  std::vector<ChainRead> anchors;
  anchors.push_back(is_block(newest_of(calls)));
  for (const SettledCall& call : calls) {
    if (!call.address.empty()) {
      anchors.push_back(has_code(call));
    }
  }
  const std::vector<Json> anchored = co_await ask_all(loop, client, std::move(anchors), cancel);
  if (all_true(anchored)) {
    co_return std::nullopt;
  }
  for (const SettledCall& call : calls) {
    std::vector<ChainRead> reads;
    reads.push_back(has_receipt(call));
    if (!call.address.empty()) {
      reads.push_back(has_code(call));
    }
    const std::vector<Json> found = co_await ask_all(loop, client, std::move(reads), cancel);
    if (!all_true(found)) {
      co_return call;
    }
  }
  co_return std::nullopt;
}

}  // namespace runbook
