#include "modules/eth/transaction_call.h"

#include <fmt/format.h>

#include "engine/base/hash.h"
#include "modules/eth/account.h"
#include "modules/eth/address.h"
#include "modules/eth/chain_options.h"
#include "modules/eth/nonces.h"
#include "modules/eth/receipt.h"
#include "modules/eth/revert.h"
#include "modules/eth/transaction_watch.h"

namespace runbook {

namespace {

constexpr std::chrono::milliseconds kTimeout{std::chrono::minutes(10)};
/// Of a probe, before it says why it is not settled.
constexpr std::chrono::milliseconds kProbePatience{5'000};

Task<std::uint64_t> gas_for(Call& call, ChainClient& client, const TransactionIntent& intent,
                            const TransactionRequest& request) {
  const std::optional<std::uint64_t> given = count_option(call.options(), "gas");
  if (given) {
    co_return *given;
  }
  std::vector<JsonRpcCall> calls = {
      {"eth_estimateGas", Json::array({node_transaction(intent), "pending"})}};
  const std::vector<JsonRpcAnswer> answers =
      co_await client.ask_all(std::move(calls), call.cancel());
  const JsonRpcAnswer& answer = answers.front();
  if (!answer.error.is_null()) {
    const std::optional<std::string> data = revert_data(answer.error);
    if (data) {
      throw revert_error(request.subject, request.abi, *data);
    }
    const Json message = answer.error.value("message", Json());
    throw Error(Code::transaction_refused,
                fmt::format("{}: the node does not estimate its gas: {}", request.subject,
                            message.is_string() ? message.get<std::string>() : answer.error.dump()))
        .with_effect(EffectDone::none);
  }
  const Head head = co_await client.recent_head(call.cancel());
  const Bigint gas = gas_of(node_quantity(answer.result), head.gas_limit);
  co_return std::stoull(gas.text());
}

/// Why it reverted: by doing it again, without effect, on the block before its own.
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

Error not_sent(const TransactionIntent& intent, const std::string& why) {
  Error error(Code::transaction_refused,
              fmt::format("not sent: nonce {} of {} was refused: {}", intent.nonce,
                          checksum_address(intent.sender), why));
  return error.with_effect(EffectDone::none);
}

Error open_error(const TransactionIntent& intent, const std::string& text) {
  Error error(Code::transaction_open, text.empty() ? intent_text(intent) : text);
  error.detail = {{"hash", intent.newest().hash}, {"nonce", intent.nonce}};
  return error.with_effect(EffectDone::unknown);
}

/// What ends a call that is not done: thrown by run, and by a probe turned into an outcome.
Error verdict_error(const Verdict& verdict, const TransactionIntent& intent,
                    const std::string& subject) {
  switch (verdict.kind) {
    case Verdict::Kind::refused:
      return Error(Code::transaction_refused, fmt::format("{}: {}", subject, verdict.text))
          .with_effect(EffectDone::none);
    case Verdict::Kind::taken:
      return Error(Code::transaction_refused, fmt::format("{}: {}", subject, verdict.text),
                   "runbook resume signs it anew")
          .with_transient()
          .with_effect(EffectDone::none);
    default:
      return open_error(intent, verdict.text);
  }
}

/// The call has its nonce's place in flight until it ends.
struct Place {
  std::shared_ptr<SenderQueue> queue;
  std::uint64_t nonce;
  ~Place() { queue->release(nonce); }
};

}  // namespace

Json transaction_identity(Call& call, const TransactionRequest& request) {
  return {{"to", request.to.empty() ? Json() : Json(checksum_address(request.to))},
          {"value", request.value.text()},
          {"data", "0x" + to_hex(request.data)},
          {"sender", checksum_address(sender_of(call))},
          {"chain", call.text_or("chain", "chain")}};
}

Task<Intent> prepare_transaction(Call& call, TransactionRequest request) {
  SenderQueue::Ticket ticket(queue_of(call, sender_of(call)));
  KnownChain chain = co_await chain_of(call);
  co_return co_await prepare_transaction(call, chain, ticket, std::move(request));
}

Task<Intent> prepare_transaction(Call& call, KnownChain chain, SenderQueue::Ticket& ticket,
                                 TransactionRequest request) {
  const FeeLimits limits = read_fee_limits(call.options().value("fees", Json()));
  const Account account = co_await account_of(call);
  TransactionIntent intent;
  intent.chain = chain.identity;
  intent.sender = account.address;
  intent.to = request.to;
  intent.value = request.value;
  intent.data = request.data;
  intent.gas = co_await gas_for(call, chain.client, intent, request);
  const FeeData market = co_await chain.client.fee_data(call.cancel());
  const Fees fees = first_fees(market, Bigint(static_cast<std::int64_t>(intent.gas)), limits);
  intent.nonce = co_await take_nonce(call, chain, ticket, intent.sender);
  const Head head = co_await chain.client.recent_head(call.cancel());
  intent.head = head.number;
  Alternative alternative =
      co_await signed_alternative(account, chain.client, intent, fees, call.cancel());
  intent.alternatives.push_back(std::move(alternative));
  co_await ticket.wait_for_others();
  Intent made{.data = intent_json(intent),
              .resource = account_resource(intent.chain, intent.sender)};
  co_return made;
}

Task<Json> run_transaction(Call& call, TransactionRequest request) {
  const TransactionIntent intent = read_intent(call.intent());
  const Place place{queue_of(call, intent.sender), intent.nonce};
  KnownChain chain = co_await chain_of_intent(call, intent.chain);
  std::optional<Account> account = co_await account_of(call);
  TransactionWatch watch(call, chain, intent, std::move(account), /*fresh=*/true);
  const Verdict verdict = co_await watch.outcome(call.duration_or("timeout", kTimeout));
  if (verdict.kind == Verdict::Kind::done) {
    co_return co_await result_of(call, chain.client, watch.intent(), verdict.receipt);
  }
  if (verdict.kind == Verdict::Kind::reverted) {
    throw co_await revert_of(call, chain.client, watch.intent(), verdict.receipt, request);
  }
  if (verdict.kind == Verdict::Kind::refused) {
    place.queue->stop(not_sent(intent, verdict.text));
  }
  throw verdict_error(verdict, watch.intent(), request.subject);
}

Task<Outcome> probe_transaction(Call& call, TransactionRequest request) {
  const TransactionIntent intent = read_intent(call.intents().back());
  KnownChain chain = co_await chain_of_intent(call, intent.chain);
  co_await send_lower_again(call, chain, intent);
  TransactionWatch watch(call, chain, intent, std::nullopt, /*fresh=*/false);
  const Verdict verdict = co_await watch.outcome(kProbePatience);
  switch (verdict.kind) {
    case Verdict::Kind::done:
      co_return co_await outcome_of(call, chain.client, watch.intent(), verdict.receipt);
    case Verdict::Kind::reverted: {
      const Error error =
          co_await revert_of(call, chain.client, watch.intent(), verdict.receipt, request);
      co_return Outcome::failed(error);
    }
    case Verdict::Kind::taken:
      call.log(Stream::err, verdict.text + "; it is signed anew");
      co_return Outcome::not_done();
    case Verdict::Kind::cancelled:
    case Verdict::Kind::lost:
      co_return Outcome::cannot_tell(verdict.text);
    default:
      co_return Outcome::in_progress(verdict.text);
  }
}

}  // namespace runbook
