#include "modules/eth/transaction_result.h"

#include <fmt/format.h>

#include "engine/base/hash.h"
#include "modules/eth/receipt.h"
#include "modules/eth/revert.h"

namespace runbook {

Task<Error> revert_of(Call& call, ChainClient& client, TransactionIntent intent, Json receipt,
                      TransactionRequest request) {
  const std::uint64_t block = node_number(receipt.at("blockNumber"));
  const std::string hash = receipt.at("transactionHash").get<std::string>();
  Json params = Json::array({node_transaction(intent), hex_number(block == 0 ? 0 : block - 1)});
  const JsonRpcAnswer answer = co_await client.ask("eth_call", std::move(params), call.cancel());
  const std::optional<std::string> data = revert_data(answer.error);
  const bool used_all = node_number(receipt.value("gasUsed", Json("0x0"))) >= intent.gas;
  Error error =
      data ? revert_error(request.subject, request.abi, *data)
           : Error(Code::transaction_reverted,
                   fmt::format(
                       "{} reverted{}", request.subject,
                       used_all ? fmt::format(": all of its {} gas is used up", intent.gas) : ""));
  error.message += fmt::format(" (transaction {} in block {})", hash, block);
  error.detail = error.detail.is_object() ? error.detail : Json::object();
  error.detail["hash"] = hash;
  error.detail["block"] = block;
  co_return error.with_effect(EffectDone::none);
}

Task<Json> result_of(Call& call, ChainClient& client, TransactionIntent intent, Json receipt) {
  Json result = receipt_result(receipt);
  result["nonce"] = intent.nonce;
  if (!intent.to.empty()) {
    result.erase("address");
    co_return result;
  }
  const std::string address = result.value("address", "");
  Json params = Json::array({address, receipt.at("blockNumber")});
  const JsonRpcAnswer code = co_await client.ask("eth_getCode", std::move(params), call.cancel());
  if (code.error.is_null() && (!code.result.is_string() || code.result == "0x")) {
    throw Error(Code::transaction_reverted,
                fmt::format("{} was created by {}, and has no code: its constructor returned none",
                            address, result.at("hash").get<std::string>()))
        .with_effect(EffectDone::done);
  }
  co_return result;
}

Task<Outcome> outcome_of(Call& call, ChainClient& client, TransactionIntent intent, Json receipt) {
  try {
    Json result = co_await result_of(call, client, std::move(intent), std::move(receipt));
    co_return Outcome::done(std::move(result));
  } catch (const Error& error) {
    if (error.code != Code::transaction_reverted) {
      throw;
    }
    co_return Outcome::failed(error);
  }
}

}  // namespace runbook
