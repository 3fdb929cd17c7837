// top_up: declared and called.
#include <fmt/format.h>

#include <set>

#include "engine/base/hash.h"
#include "modules/eth/account.h"
#include "modules/eth/address.h"
#include "modules/eth/chain_options.h"
#include "modules/eth/functions.h"
#include "modules/eth/nonces.h"
#include "modules/eth/transaction_call.h"

namespace runbook {

namespace {

constexpr std::chrono::milliseconds kReceiverPatience{60'000};

struct TopUp {
  std::string to;  ///< 20 bytes
  Bigint target;
  Bigint below;
};

TopUp top_up_of(Call& call) {
  TopUp wanted;
  wanted.to = address_option(call.options(), "to");
  wanted.target = *quantity_option(call.options(), "target");
  wanted.below = quantity_option(call.options(), "below").value_or(wanted.target / Bigint(2));
  if (wanted.below > wanted.target) {
    refuse(Code::option_invalid, fmt::format("below = {} is above target = {}", wanted.below.text(),
                                             wanted.target.text()));
  }
  return wanted;
}

/// What one moment says: the balance, and how many transactions each of the senders has.
struct Funds {
  Bigint balance;
  std::map<std::string, std::uint64_t> counts;  ///< by sender, 20 bytes
};

Task<Funds> read_funds(ChainClient& client, std::string to, std::set<std::string> senders,
                       CancelPtr cancel) {
  std::vector<JsonRpcCall> calls = {{"eth_getBalance", Json::array({"0x" + to_hex(to), "latest"})}};
  for (const std::string& sender : senders) {
    calls.push_back({"eth_getTransactionCount", Json::array({"0x" + to_hex(sender), "latest"})});
  }
  const std::vector<Json> found = co_await client.read_at_head(std::move(calls), std::move(cancel));
  Funds funds{.balance = node_quantity(found[0]), .counts = {}};
  std::size_t next = 1;
  for (const std::string& sender : senders) {
    funds.counts[sender] = node_number(found[next++]);
  }
  co_return funds;
}

/// The balance, and what open transactions of the store will bring: those of consumed nonces have.
Task<Bigint> funds_to_be(Call& call, KnownChain chain, std::string to) {
  const std::string resource = account_resource(chain.identity, "");
  std::vector<OpenTransaction> open =
      co_await open_transactions(call, resource.substr(0, resource.size() - 2));
  std::erase_if(open, [&](const OpenTransaction& one) { return one.intent.to != to; });
  std::set<std::string> senders;
  for (const OpenTransaction& one : open) {
    senders.insert(one.intent.sender);
  }
  const Funds funds = co_await read_funds(chain.client, to, senders, call.cancel());
  Bigint sum = funds.balance;
  for (const OpenTransaction& one : open) {
    const bool is_mined = one.intent.nonce < funds.counts.at(one.intent.sender);
    sum = is_mined ? sum : sum + one.intent.value;
  }
  co_return sum;
}

/// Nothing needs to be sent: recorded, so that a run that is cut off here says the same.
Json enough(const TopUp& wanted, const Bigint& funds) {
  return {{"to", checksum_address(wanted.to)},
          {"funds", funds.text()},
          {"text", fmt::format("{} has enough", checksum_address(wanted.to))}};
}

bool is_enough(const Json& intent) {
  return !intent.contains("alternatives");
}

Json enough_result(const Json& intent) {
  return {{"to", intent.at("to")},
          {"sent", false},
          {"value", stored(Bigint())},
          {"balance", stored(Bigint::parse(intent.at("funds").get<std::string>()))}};
}

TransactionRequest request_for(const TopUp& wanted, const Bigint& value) {
  TransactionRequest request;
  request.to = wanted.to;
  request.value = value;
  request.subject = fmt::format("the transfer to {}", checksum_address(wanted.to));
  return request;
}

Json with_amount(Json result, const Json& intent) {
  result["sent"] = true;
  result["value"] = stored(Bigint::parse(intent.at("value").get<std::string>()));
  return result;
}

Json top_up_identity(Call& call) {
  const TopUp wanted = top_up_of(call);
  Json identity = transaction_identity(call, request_for(wanted, Bigint()));
  identity["value"] = {{"target", wanted.target.text()}, {"below", wanted.below.text()}};
  return identity;
}

// The receiver's lease first, then the sender's, always: two runs cannot wait for each other.
Task<Intent> prepare_top_up(Call& call) {
  const TopUp wanted = top_up_of(call);
  SenderQueue::Ticket ticket(queue_of(call, sender_of(call)));
  KnownChain chain = co_await chain_of(call);
  std::string lease = "received/" + account_resource(chain.identity, wanted.to);
  co_await call.lease(std::move(lease), kReceiverPatience);
  const Bigint funds = co_await funds_to_be(call, chain, wanted.to);
  if (funds >= wanted.below) {
    Intent nothing{.data = enough(wanted, funds), .resource = {}};
    co_return nothing;
  }
  TransactionRequest request = request_for(wanted, wanted.target - funds);
  co_return co_await prepare_transaction(call, chain, ticket, std::move(request));
}

Task<Json> run_top_up(Call& call) {
  const Json intent = call.intent();
  if (is_enough(intent)) {
    co_return enough_result(intent);
  }
  TransactionRequest request = request_for(top_up_of(call), Bigint());
  Json result = co_await run_transaction(call, std::move(request));
  co_return with_amount(std::move(result), intent);
}

Task<Outcome> probe_top_up(Call& call) {
  const Json intent = call.intents().back();
  if (is_enough(intent)) {
    co_return Outcome::done(enough_result(intent));
  }
  TransactionRequest request = request_for(top_up_of(call), Bigint());
  Outcome outcome = co_await probe_transaction(call, std::move(request));
  if (outcome.kind == Outcome::Kind::done) {
    outcome.value = with_amount(std::move(outcome.value), intent);
  }
  co_return outcome;
}

Function top_up_declared() {
  return {
      .name = "top_up",
      .effect = Effect::once,
      .summary =
          "Fills an account up to an amount, if what it has and what is on its way from any run of "
          "this store is below a limit. Two runs that top up one account do not pay twice.",
      .options = joined({{.name = "to",
                          .type = Type::string,
                          .required = Required::yes,
                          .help = "address of the receiver"},
                         {.name = "target",
                          .type = Type::data,
                          .required = Required::yes,
                          .help = "wei that it shall have: \"0.5 ether\", digits or a bigint"},
                         {.name = "below",
                          .type = Type::data,
                          .help = "only if it has less; half of target if absent"}},
                        sending_options()),
      .returns =
          "{ sent = true, value, hash, block, … } as transfer; or { sent = false, to, "
          "value = 0, balance }; value and balance are bigints",
      .errors = sending_errors({Code::lock_held}),
      .example =
          "local eth = require \"eth\"\n"
          "local chain = eth.chain {\n"
          "  url = \"http://127.0.0.1:8545\",\n"
          "  key = secret(\"deployer\", { env = \"DEPLOYER_KEY\" }),\n"
          "}\n"
          "local nodes = { \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\" }\n"
          "each(\"fund the nodes\", nodes, { jobs = 4 }, function(node)\n"
          "  return chain:top_up { to = node, target = eth.ether \"0.5\" }\n"
          "end)",
      .tagged = true,
      .identity = top_up_identity,
      .run = run_top_up,
      .prepare = prepare_top_up,
      .probe = probe_top_up};
}

}  // namespace

std::vector<Function> top_up_functions() {
  return {top_up_declared()};
}

}  // namespace runbook
