#include "modules/eth/transaction_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/hash.h"
#include "modules/eth/chain_options.h"
#include "modules/eth/nonces.h"

namespace runbook {

namespace {

constexpr std::chrono::milliseconds kFirstLook{5};
constexpr std::chrono::milliseconds kLongestLook{1'000};
constexpr std::chrono::milliseconds kFirstSendPause{1'000};
constexpr std::chrono::milliseconds kLongestSendPause{15'000};
constexpr std::chrono::milliseconds kStandsStill{5'000};
constexpr int kMostSearches = 5;

}  // namespace

TransactionWatch::TransactionWatch(Call& call, KnownChain chain, TransactionIntent intent,
                                   std::optional<Account> account, bool fresh)
    : call_(call),
      client_(chain.client),
      intent_(std::move(intent)),
      account_(std::move(account)),
      queue_(queue_of(call, intent_.sender)),
      confirmations_(static_cast<std::uint64_t>(
          std::max<std::int64_t>(1, call.integer_or("confirmations", 1)))),
      fresh_(fresh),
      sent_head_(intent_.head),
      made_(call.host().loop.clock().steady()),
      send_next_(made_),
      head_since_(made_) {}

std::string TransactionWatch::address() const {
  return "0x" + to_hex(intent_.sender);
}

Task<Verdict> TransactionWatch::outcome(std::chrono::steady_clock::time_point deadline) {
  Loop& loop = call_.host().loop;
  std::chrono::milliseconds pause = kFirstLook;
  bool sends = fresh_;
  for (;;) {
    std::optional<Error> failure;  // a coroutine cannot wait inside a handler
    std::optional<Verdict> verdict;
    try {
      if (std::exchange(sends, false)) {
        verdict = co_await send();
      }
      if (!verdict) {
        verdict = co_await turn();
      }
    } catch (const Error& error) {
      failure = error;
    }
    if (verdict) {
      co_return *verdict;
    }
    if (failure) {
      say(failure->message);
    }
    if (loop.clock().steady() >= deadline || (failure && !failure->transient)) {
      Verdict open{.kind = Verdict::Kind::open, .receipt = nullptr, .text = why_};
      co_return open;
    }
    co_await client_.tick(pause, call_.cancel());
    pause = std::min(pause * 2, kLongestLook);
  }
}

Task<std::optional<Verdict>> TransactionWatch::turn() {
  const Look seen = co_await look();
  Finding finding = settle(intent_.nonce, confirmations_, seen);
  co_return co_await judge(std::move(finding), seen.count);
}

Task<std::optional<Verdict>> TransactionWatch::judge(Finding finding,
                                                     std::optional<std::uint64_t> count) {
  using Kind = Finding::Kind;
  Verdict verdict{.kind = Verdict::Kind::done, .receipt = finding.receipt, .text = {}};
  if (finding.kind != Kind::pending && finding.kind != Kind::ask_again) {
    used_up();
  }
  switch (finding.kind) {
    case Kind::done:
      co_return verdict;
    case Kind::reverted:
      verdict.kind = Verdict::Kind::reverted;
      co_return verdict;
    case Kind::pending:
      co_return co_await pending(*count);
    case Kind::prove:
      prove_at_ = head_.number;
      co_return std::nullopt;
    case Kind::check:
      check_at_ = node_number(finding.receipt.at("blockNumber"));
      co_return std::nullopt;
    case Kind::deepening:
      note_depth(finding);
      co_return std::nullopt;
    case Kind::foreign:
      co_return co_await usurped(*consumed_at_);
    case Kind::ask_again:
      say("nodes do not agree on whether it is on the chain");
      break;
  }
  co_return std::nullopt;
}

// A chain that mines on demand only makes no block by itself.
void TransactionWatch::note_depth(const Finding& finding) {
  const bool stands = call_.host().loop.clock().steady() - head_since_ > kStandsStill;
  say(fmt::format("{} of {} confirmations{}", finding.depth, confirmations_,
                  stands
                      ? fmt::format("; the head stands still at block {}: a node that mines on "
                                    "demand makes no further block by itself (confirmations = 1, "
                                    "or a block time)",
                                    head_.number)
                      : ""));
}

void TransactionWatch::used_up() {
  queue_->floor = std::max(queue_->floor, intent_.nonce + 1);
  if (queue_->active.contains(intent_.nonce)) {
    queue_->release(intent_.nonce);
  }
}

void TransactionWatch::say(std::string why) {
  why_ = fmt::format("{}: {}", intent_text(intent_), why);
  if (call_.host().loop.clock().steady() - made_ > kStandsStill && why_ != said_) {
    said_ = why_;
    call_.log(Stream::err, why_);
  }
}

Task<std::optional<Verdict>> TransactionWatch::pending(std::uint64_t count) {
  say(count < intent_.nonce
          ? fmt::format("not mined; first comes nonce {} of the same sender", count)
          : "not mined");
  if (wants_bump(count) && co_await bump()) {
    co_return co_await send();
  }
  co_await fill_gap(count);
  const bool soon = answer_ == SendAnswer::too_high || answer_ == SendAnswer::full;
  if (!soon && call_.host().loop.clock().steady() < send_next_) {
    co_return std::nullopt;
  }
  co_return co_await send();
}

Task<std::optional<Verdict>> TransactionWatch::send() {
  const bool fresh = std::exchange(fresh_, false);  // an answer that is lost may have been a yes
  const Sent sent = co_await send_newest(client_, intent_, call_.cancel());
  answer_ = sent.answer;
  fresh_ = fresh && !sent.repeated;
  send_pause_ = std::clamp(send_pause_ * 2, kFirstSendPause, kLongestSendPause);
  send_next_ = call_.host().loop.clock().steady() + send_pause_;
  if (sent.answer == SendAnswer::refused) {
    co_return co_await refused(sent.message);
  }
  if (sent.answer == SendAnswer::underpriced) {
    say("the node wants a higher fee: " + sent.message);
    co_return std::nullopt;
  }
  fresh_ = fresh_ && sent.answer != SendAnswer::accepted && sent.answer != SendAnswer::known;
  if (!sent.hash.empty() && intent_.newest().hash.empty()) {
    intent_.alternatives.back().hash = sent.hash;
    if (account_) {
      Json amended = intent_json(intent_);
      co_await call_.amend(std::move(amended));
    }
  }
  co_return std::nullopt;
}

// Some nodes answer a transaction that reverts with an error, and have mined it (Hardhat).
Task<std::optional<Verdict>> TransactionWatch::refused(std::string message) {
  say("the node refuses it: " + message);
  const std::string& hash = intent_.newest().hash;
  std::vector<JsonRpcCall> calls = {
      {"eth_getTransactionCount", Json::array({address(), "latest"})}};
  if (!hash.empty()) {
    calls.push_back({"eth_getTransactionByHash", Json::array({hash})});
  }
  const std::vector<JsonRpcAnswer> answers =
      co_await client_.ask_all(std::move(calls), call_.cancel());
  const bool unknown = std::ranges::all_of(answers, [](const JsonRpcAnswer& answer) {
    return answer.error.is_null() && !answer.result.is_object();
  });
  if (!fresh_ || !unknown || intent_.alternatives.size() > 1 ||
      node_number(answers[0].result) > intent_.nonce) {
    co_return std::nullopt;
  }
  Verdict verdict{.kind = Verdict::Kind::refused, .receipt = nullptr, .text = std::move(message)};
  co_return verdict;
}

Task<std::optional<Verdict>> TransactionWatch::usurped(std::uint64_t block) {
  const Json transaction = co_await find_usurper(client_, intent_, block, call_.cancel());
  Verdict verdict{.kind = Verdict::Kind::lost,
                  .receipt = nullptr,
                  .text = fmt::format("nonce {} is used up by a transaction that cannot be found",
                                      intent_.nonce)};
  if (!transaction.is_object()) {
    consumed_at_.reset();
    co_return ++searches_ < kMostSearches ? std::nullopt : std::optional(verdict);
  }
  const std::string hash = transaction.value("hash", "");
  const Usurper usurper = judge_usurper(intent_, transaction);
  if (usurper == Usurper::ours || usurper == Usurper::same) {
    if (usurper == Usurper::same) {
      Alternative other{.raw = {}, .hash = hash, .fees = intent_.newest().fees};
      intent_.alternatives.insert(intent_.alternatives.begin(), std::move(other));
    }
    consumed_at_.reset();
    co_return std::nullopt;  // its receipt is looked for from now on
  }
  const std::uint64_t at = node_number(transaction.at("blockNumber"));
  const std::uint64_t depth = head_.number >= at ? head_.number - at + 1 : 0;
  if (depth < confirmations_) {  // a reorganisation may still bring ours back
    consumed_at_.reset();
    say(fmt::format("{} used up its nonce, {} of {} confirmations deep", hash, depth,
                    confirmations_));
    co_return std::nullopt;
  }
  verdict.kind = usurper == Usurper::cancelled ? Verdict::Kind::cancelled : Verdict::Kind::taken;
  verdict.text = fmt::format("nonce {} was used up by {}, {}", intent_.nonce, hash,
                             usurper == Usurper::cancelled
                                 ? "which sends nothing to itself: somebody cancelled it"
                                 : "which somebody else sent with the same key");
  co_return verdict;
}

}  // namespace runbook
