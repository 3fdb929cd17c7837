#include "modules/eth/transaction_call.h"

#include <fmt/format.h>

#include "engine/base/hash.h"
#include "modules/eth/account.h"
#include "modules/eth/address.h"
#include "modules/eth/chain_options.h"
#include "modules/eth/nonces.h"
#include "modules/eth/revert.h"
#include "modules/eth/transaction_result.h"
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

Error refused_error(const std::string& subject, const std::string& why) {
  return Error(Code::transaction_refused, fmt::format("{}: {}", subject, why))
      .with_effect(EffectDone::none);
}

/// The call has its nonce's place in flight until it ends.
struct Place {
  std::shared_ptr<SenderQueue> queue;
  const TransactionIntent& intent;
  ~Place() { queue->release(intent.nonce); }
};

/// With the next nonce of the sender, at what gas costs now. REQUIRES: the call has said what it
/// wants on the chain in `intent`.
Task<TransactionIntent> signed_intent(Call& call, KnownChain chain, SenderQueue::Ticket& ticket,
                                      Account account, TransactionIntent intent) {
  const FeeLimits limits = read_fee_limits(call.options().value("fees", Json()));
  const Bigint gas(static_cast<std::int64_t>(intent.gas));
  FeeData market = co_await chain.client.fee_data(call.cancel());
  first_fees(market, gas, limits);  // refused before a nonce is taken
  intent.nonce = co_await take_nonce(call, chain, ticket, intent.sender);
  std::exception_ptr failure;
  try {
    market = co_await chain.client.fee_data(call.cancel());
    const Head head = co_await chain.client.recent_head(call.cancel());
    intent.head = head.number;
    const Fees fees = first_fees(market, gas, limits);
    Alternative alternative =
        co_await signed_alternative(account, chain.client, intent, fees, call.cancel());
    intent.alternatives.clear();
    intent.alternatives.push_back(std::move(alternative));
  } catch (...) {
    failure = std::current_exception();
  }
  co_await ticket.wait_for_others();  // they have nonces under the lease of this call
  if (failure) {
    std::rethrow_exception(failure);
  }
  co_return intent;
}

/// Somebody else used up the nonce, and nothing of ours happened: the same for another nonce.
Task<TransactionIntent> signed_anew(Call& call, KnownChain chain, Account account,
                                    TransactionIntent intent, std::string reason) {
  SenderQueue::Ticket ticket(queue_of(call, intent.sender));  // until the new intent is durable
  intent.reason = std::move(reason);
  intent = co_await signed_intent(call, chain, ticket, std::move(account), std::move(intent));
  Json amended = intent_json(intent);
  co_await call.amend(std::move(amended));
  call.log(Stream::err, fmt::format("{}; signed anew: {}", intent.reason, intent_text(intent)));
  co_return intent;
}

/// It happened: what cannot be read of it now, a probe reads later.
Task<Json> result_on_chain(Call& call, ChainClient& client, TransactionIntent intent,
                           Json receipt) {
  std::optional<Error> failure;
  Json result;
  try {
    result = co_await result_of(call, client, std::move(intent), std::move(receipt));
  } catch (const Error& error) {
    failure = error;
  }
  if (failure && failure->code != Code::transaction_reverted) {
    failure->effect = EffectDone::unknown;
  }
  if (failure) {
    throw *failure;
  }
  co_return result;
}

Task<std::optional<Account>> account_if_known(Call& call) {
  if (!call.has("key") && !call.has("account") && !(call.has("keystore") && call.has("password"))) {
    co_return std::nullopt;
  }
  co_return co_await account_of(call);
}

/// Looked for until the session has waited as long as the call may; then nobody can tell.
Outcome still_open(Call& call, const TransactionIntent& intent, const std::string& text) {
  const std::shared_ptr<SenderQueue> queue = queue_of(call, intent.sender);
  if (call.host().loop.clock().steady() < queue->deadlines.at(intent.nonce)) {
    return Outcome::in_progress(text);
  }
  Outcome outcome = Outcome::cannot_tell(text);
  outcome.error = open_error(intent, text).to_json();
  return outcome;
}

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
  const Account account = co_await account_of(call);
  TransactionIntent intent;
  intent.chain = chain.identity;
  intent.sender = account.address;
  intent.to = request.to;
  intent.value = request.value;
  intent.data = request.data;
  intent.gas = co_await gas_for(call, chain.client, intent, request);
  intent = co_await signed_intent(call, chain, ticket, account, std::move(intent));
  Intent made{.data = intent_json(intent),
              .resource = account_resource(intent.chain, intent.sender)};
  co_return made;
}

Task<Json> run_transaction(Call& call, TransactionRequest request) {
  TransactionIntent intent = read_intent(call.intent());
  const Place place{queue_of(call, intent.sender), intent};
  const auto deadline = call.host().loop.clock().steady() + call.duration_or("timeout", kTimeout);
  place.queue->deadlines[intent.nonce] = deadline;
  KnownChain chain = co_await chain_of_intent(call, intent.chain);
  const Account account = co_await account_of(call);
  for (;;) {
    TransactionWatch watch(call, chain, intent, account, /*fresh=*/true);
    const Verdict verdict = co_await watch.outcome(deadline);
    switch (verdict.kind) {
      case Verdict::Kind::done:
        co_return co_await result_on_chain(call, chain.client, watch.intent(), verdict.receipt);
      case Verdict::Kind::reverted: {
        // g++ 12 frees twice what a co_await within a throw gives.
        const Error reverted =
            co_await revert_of(call, chain.client, watch.intent(), verdict.receipt, request);
        throw reverted;
      }
      case Verdict::Kind::refused:
        place.queue->stop(not_sent(intent, verdict.text));
        throw refused_error(request.subject, verdict.text);
      case Verdict::Kind::taken:
        place.queue->release(intent.nonce);
        intent = co_await signed_anew(call, chain, account, intent, verdict.text);
        place.queue->deadlines[intent.nonce] = deadline;
        continue;
      default:
        place.queue->deadlines[intent.nonce] = call.host().loop.clock().steady();
        throw open_error(watch.intent(), verdict.text);
    }
  }
}

Task<Outcome> probe_transaction(Call& call, TransactionRequest request) {
  const TransactionIntent intent = read_intent(call.intents().back());
  Loop& loop = call.host().loop;
  const auto now = loop.clock().steady();
  const std::shared_ptr<SenderQueue> queue = queue_of(call, intent.sender);
  const auto deadline =
      queue->deadlines.try_emplace(intent.nonce, now + call.duration_or("timeout", kTimeout))
          .first->second;
  KnownChain chain = co_await chain_of_intent(call, intent.chain);
  std::optional<Account> account = co_await account_if_known(call);
  co_await send_lower_again(call, chain, intent);
  TransactionWatch watch(call, chain, intent, std::move(account), /*fresh=*/false);
  const Verdict verdict = co_await watch.outcome(std::min(deadline, now + kProbePatience));
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
    case Verdict::Kind::lost: {
      Outcome outcome = Outcome::cannot_tell(verdict.text);
      outcome.is_over = true;  // its nonce is used up
      co_return outcome;
    }
    default:
      co_return still_open(call, watch.intent(), verdict.text);
  }
}

}  // namespace runbook
