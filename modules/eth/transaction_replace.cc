// What is done for a transaction that is not mined: a higher fee, or the nonce before it that
// nobody has.
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/hash.h"
#include "modules/eth/chain_options.h"
#include "modules/eth/nonces.h"
#include "modules/eth/transaction_watch.h"

namespace runbook {

namespace {

constexpr std::chrono::milliseconds kBumpAfter{15'000};
constexpr std::uint64_t kBumpBlocks = 3;
constexpr std::chrono::milliseconds kGapAfter{3'000};
constexpr std::chrono::milliseconds kGapPatience{10'000};

}  // namespace

// The lowest first: nothing behind it is mined before. While no block is made no fee helps.
bool TransactionWatch::wants_bump(std::uint64_t count) const {
  if (!account_ || count != intent_.nonce) {
    return false;
  }
  if (answer_ == SendAnswer::underpriced) {
    return true;
  }
  const bool below_base = head_.base_fee && *head_.base_fee > intent_.newest().fees.most();
  if (below_base) {
    return head_.number > sent_head_;
  }
  const auto age = call_.host().loop.clock().steady() - made_;
  return age > kBumpAfter && head_.number >= sent_head_ + kBumpBlocks;
}

// Nothing where the limits allow no more.
Task<std::optional<Alternative>> TransactionWatch::higher(TransactionIntent transaction) {
  FeeData market = co_await client_.fee_data(call_.cancel());
  if (head_.base_fee) {
    market.base_fee = head_.base_fee;
  }
  const FeeLimits limits = read_fee_limits(call_.options().value("fees", Json()));
  const Bigint gas(static_cast<std::int64_t>(transaction.gas));
  const std::optional<Fees> fees = bumped_fees(transaction.newest().fees, market, gas, limits);
  if (!fees) {
    co_return std::nullopt;
  }
  Alternative alternative =
      co_await signed_alternative(*account_, client_, transaction, *fees, call_.cancel());
  co_return alternative;
}

// Durable before it is sent.
Task<bool> TransactionWatch::bump() {
  std::optional<Alternative> alternative = co_await higher(intent_);
  if (!alternative) {
    say("not mined, and fees.max_fee or fees.max_spend allow no higher fee");
    co_return false;
  }
  intent_.alternatives.push_back(std::move(*alternative));
  Json amended = intent_json(intent_);
  co_await call_.amend(std::move(amended));
  has_lease_ = false;
  call_.log(Stream::err, fmt::format("a higher fee: {}", intent_text(intent_)));
  made_ = call_.host().loop.clock().steady();
  sent_head_ = head_.number;
  answer_ = SendAnswer::accepted;
  co_return true;
}

/// No open intent of the store has it, this one is the next above it, and no node has it pending.
Task<bool> TransactionWatch::is_gap(std::uint64_t nonce) {
  const std::string resource = account_resource(intent_.chain, intent_.sender);
  const std::vector<OpenTransaction> open = co_await open_transactions(call_, resource);
  const std::set<std::uint64_t> taken = taken_nonces(open);
  const auto above = taken.upper_bound(nonce);
  if (taken.contains(nonce) || above == taken.end() || *above != intent_.nonce) {
    co_return false;
  }
  const std::uint64_t pending = co_await client_.count(address(), "pending", call_.cancel());
  co_return pending <= nonce;
}

// The same for a filler.
Task<bool> TransactionWatch::bump_filler(std::size_t place) {
  if (!account_) {
    co_return false;
  }
  std::optional<Alternative> alternative = co_await higher(intent_.fillers[place]);
  if (!alternative) {
    co_return false;
  }
  intent_.fillers[place].alternatives.push_back(std::move(*alternative));
  Json amended = intent_json(intent_);
  co_await call_.amend(std::move(amended));
  has_lease_ = false;
  const std::string text = intent_text(intent_.fillers[place]);
  call_.log(Stream::err, fmt::format("a higher fee: {}", text));
  co_return true;
}

// As often as it takes: nodes lose it or refuse it, and a session may have died before it sent.
Task<void> TransactionWatch::send_filler(std::size_t place) {
  const Bigint offered = intent_.fillers[place].newest().fees.most();
  if (head_.base_fee && *head_.base_fee > offered) {
    co_await bump_filler(place);
  }
  Sent sent = co_await send_newest(client_, intent_.fillers[place], call_.cancel());
  if (sent.answer == SendAnswer::underpriced && co_await bump_filler(place)) {
    sent = co_await send_newest(client_, intent_.fillers[place], call_.cancel());
  }
  const bool in_vain = sent.answer == SendAnswer::refused || sent.answer == SendAnswer::underpriced;
  if (in_vain && sent.message != filler_said_) {
    filler_said_ = sent.message;
    const std::string text = intent_text(intent_.fillers[place]);
    call_.log(Stream::err, fmt::format("the node does not take the transfer of nothing: {}: {}",
                                       text, sent.message));
  }
}

// A nonce below that the chain waits for, and no open intent of the store has: its transaction was
// refused, or its call was cancelled. A transfer of nothing takes it, if no other call did.
Task<void> TransactionWatch::fill_gap(std::uint64_t count) {
  const auto now = call_.host().loop.clock().steady();
  if (count >= intent_.nonce) {
    gap_since_.reset();
    co_return;
  }
  const auto own = std::ranges::find(intent_.fillers, count, &TransactionIntent::nonce);
  const bool is_due = gap_since_ ? now - *gap_since_ >= kGapAfter : own != intent_.fillers.end();
  gap_since_ = is_due ? now : gap_since_.value_or(now);
  if (!is_due) {
    co_return;
  }
  if (own == intent_.fillers.end() && !co_await make_filler(count)) {
    co_return;
  }
  const auto place = std::ranges::find(intent_.fillers, count, &TransactionIntent::nonce);
  co_await send_filler(static_cast<std::size_t>(place - intent_.fillers.begin()));
}

/// Durable before it is sent. False if the nonce is somebody's, or nobody can sign.
Task<bool> TransactionWatch::make_filler(std::uint64_t nonce) {
  bool is_free = account_.has_value() && co_await is_gap(nonce);
  if (is_free && !has_lease_) {
    std::string resource = account_resource(intent_.chain, intent_.sender);
    co_await call_.lease(std::move(resource), kGapPatience);
    has_lease_ = true;
    is_free = co_await is_gap(nonce);
  }
  if (!is_free) {
    call_.give_back_leases();
    has_lease_ = false;
    co_return false;
  }
  TransactionIntent filler = filler_of(intent_, nonce);
  Alternative alternative = co_await signed_alternative(*account_, client_, filler,
                                                        intent_.newest().fees, call_.cancel());
  filler.alternatives.push_back(std::move(alternative));
  intent_.fillers.push_back(filler);
  Json amended = intent_json(intent_);
  co_await call_.amend(std::move(amended));
  has_lease_ = false;
  call_.log(Stream::err, fmt::format("nobody has nonce {}: a transfer of nothing takes it", nonce));
  co_return true;
}

// Between the block at which the intent was made and one at which the nonce is used up: nodes keep
// the state of the last 128 at least; what they no longer have lies before.
Task<Json> find_usurper(ChainClient& client, TransactionIntent intent, std::uint64_t block,
                        CancelPtr cancel) {
  const std::string address = "0x" + to_hex(intent.sender);
  std::uint64_t before = std::min(intent.head, block);
  while (block - before > 1) {
    const std::uint64_t middle = before + (block - before) / 2;
    Json params = Json::array({address, hex_number(middle)});
    const JsonRpcAnswer count =
        co_await client.ask("eth_getTransactionCount", std::move(params), cancel);
    const bool used_up = count.error.is_null() && node_number(count.result) > intent.nonce;
    (used_up ? block : before) = middle;
  }
  for (const std::uint64_t candidate : {block, before}) {
    Json params = Json::array({hex_number(candidate), true});
    const JsonRpcAnswer answer =
        co_await client.ask("eth_getBlockByNumber", std::move(params), cancel);
    if (!answer.error.is_null() || !answer.result.is_object()) {
      continue;
    }
    for (const Json& transaction : answer.result.value("transactions", Json::array())) {
      const bool is_sender =
          transaction.is_object() && from_hex(transaction.value("from", "")) == intent.sender;
      if (is_sender && node_number(transaction.at("nonce")) == intent.nonce) {
        co_return transaction;
      }
    }
  }
  co_return nullptr;
}

}  // namespace runbook
