#include "modules/hardhat/chain.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "engine/base/bigint.h"
#include "modules/hardhat/raw_transaction.h"

namespace runbook::hardhat {

namespace {

constexpr int kTries = 4;
constexpr std::chrono::milliseconds kFirstPause{200};

std::string decimal(const Json& quantity) {
  return Bigint::parse(quantity.get<std::string>()).text();
}

std::uint64_t whole(const Json& quantity) {
  return std::stoull(decimal(quantity));
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

Json address_or_null(const Json& value) {
  return value.is_string() ? Json(checksummed(value.get<std::string>())) : Json();
}

// Quantities as ethers has them: block and index numbers, gas in decimal digits.
Json kept_receipt(const Json& receipt) {
  return {{"to", address_or_null(receipt.value("to", Json()))},
          {"from", address_or_null(receipt.at("from"))},
          {"contractAddress", address_or_null(receipt.value("contractAddress", Json()))},
          {"transactionIndex", whole(receipt.at("transactionIndex"))},
          {"gasUsed", decimal(receipt.at("gasUsed"))},
          {"logsBloom", receipt.value("logsBloom", Json())},
          {"blockHash", receipt.at("blockHash")},
          {"transactionHash", receipt.at("transactionHash")},
          {"logs", receipt.value("logs", Json::array())},
          {"blockNumber", whole(receipt.at("blockNumber"))},
          {"cumulativeGasUsed", decimal(receipt.at("cumulativeGasUsed"))},
          {"status", whole(receipt.value("status", Json("0x1")))},
          {"byzantium", true}};
}

// The node has it, or had it: whoever looks at nonce and receipts will see which.
bool is_known(const std::string& refusal) {
  constexpr std::array<std::string_view, 5> kKnown{"already known", "already imported",
                                                   "known transaction", "nonce too low",
                                                   "replacement transaction underpriced"};
  const std::string text = lower_case(refusal);
  return std::ranges::any_of(
      kKnown, [&](std::string_view known) { return text.find(known) != std::string::npos; });
}

bool is_silence(const Error& error) {
  return error.code != Code::jsonrpc_error;
}

}  // namespace

Chain::Chain(Call& call, std::string url) : call_(call), client_(call.host().http) {
  call.check_net(url);
  endpoint_.url = std::move(url);
}

Task<Json> Chain::ask(const char* method, Json params) {
  for (int attempt = 1;; ++attempt) {
    std::optional<Error> failure;  // a coroutine cannot wait inside a handler
    try {
      JsonRpcCall request;
      request.method = method;
      request.params = params;
      co_return co_await client_.call(endpoint_, std::move(request), call_.cancel());
    } catch (const Error& error) {
      failure = error;
    }
    if (!failure->transient && !is_silence(*failure)) {
      throw *failure;
    }
    if (!failure->transient || attempt == kTries) {
      throw Error(Code::hardhat_unreachable, "the node does not answer: " + failure->message, {},
                  failure->detail)
          .with_transient()
          .with_effect(EffectDone::none);
    }
    co_await call_.host().loop.sleep(kFirstPause * (1 << (attempt - 1)), call_.cancel());
  }
}

Task<void> Chain::identify() {
  Json none = Json::array();
  const Json id = co_await ask("eth_chainId", std::move(none));
  id_ = decimal(id);
  Json first = Json::array({"0x0", false});
  const Json block = co_await ask("eth_getBlockByNumber", std::move(first));
  if (!block.is_object()) {
    throw Error(Code::hardhat_unreachable,
                "the node does not have block 0, so its chain is not known")
        .with_effect(EffectDone::none);
  }
  genesis_ = block.at("hash").get<std::string>();
}

Task<std::string> Chain::code(std::string address) {
  Json params = Json::array({address, "latest"});
  const Json code = co_await ask("eth_getCode", std::move(params));
  co_return code.get<std::string>();
}

Task<std::uint64_t> Chain::count(std::string address, std::string block) {
  Json params = Json::array({address, block});
  const Json count = co_await ask("eth_getTransactionCount", std::move(params));
  co_return whole(count);
}

Task<std::uint64_t> Chain::head() {
  Json none = Json::array();
  const Json number = co_await ask("eth_blockNumber", std::move(none));
  co_return whole(number);
}

Task<Json> Chain::transactions_in(std::uint64_t block) {
  Json params = Json::array({fmt::format("{:#x}", block), true});
  const Json found = co_await ask("eth_getBlockByNumber", std::move(params));
  co_return found.is_object() ? found.value("transactions", Json::array()) : Json::array();
}

Task<Json> Chain::receipt(std::string hash) {
  Json params = Json::array({hash});
  const Json receipt = co_await ask("eth_getTransactionReceipt", std::move(params));
  if (!receipt.is_object() || !receipt.value("blockHash", Json()).is_string()) {
    co_return Json();
  }
  co_return kept_receipt(receipt);
}

Task<std::string> Chain::send_raw(std::string raw) {
  Json params = Json::array({raw});
  try {
    co_await ask("eth_sendRawTransaction", std::move(params));
  } catch (const Error& error) {
    if (is_silence(error)) {
      throw;
    }
    co_return is_known(error.message) ? std::string() : error.message;
  }
  co_return std::string();
}

std::string Chain::lease_of(const std::string& sender) const {
  return fmt::format("eth/{}/{}/{}", genesis_, id_, lower_case(sender));
}

}  // namespace runbook::hardhat
