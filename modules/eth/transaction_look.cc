// What a transaction's fate is read from: head, count, receipts.
#include "modules/eth/transaction_watch.h"

namespace runbook {

namespace {

constexpr std::size_t kMany = 8;

}  // namespace

/// The newest block and the sender's count: asked once for all its transactions.
std::vector<JsonRpcCall> TransactionWatch::moment() const {
  return {{"eth_getBlockByNumber", Json::array({"latest", false})},
          {"eth_getTransactionCount", Json::array({address(), "latest"})}};
}

// One batch, so that it is of one moment where one node answers. Of many that wait in flight only
// those are asked for whose nonce is used up.
Task<Look> TransactionWatch::look() {
  std::vector<JsonRpcCall> calls = moment();
  if (queue_->active.size() > kMany) {
    const std::vector<JsonRpcAnswer> first =
        co_await client_.ask_all(std::move(calls), call_.cancel());
    Look seen = read_moment(first);
    if (seen.count && *seen.count <= intent_.nonce) {
      co_return seen;
    }
    calls = moment();
  }
  for (const Alternative& alternative : intent_.alternatives) {
    if (!alternative.hash.empty()) {
      calls.push_back({"eth_getTransactionReceipt", Json::array({alternative.hash})});
    }
  }
  const std::size_t receipts_end = calls.size();
  if (prove_at_) {
    calls.push_back({"eth_getTransactionCount", Json::array({address(), hex_number(*prove_at_)})});
  }
  if (check_at_) {
    calls.push_back({"eth_getBlockByNumber", Json::array({hex_number(*check_at_), false})});
  }
  const std::vector<JsonRpcAnswer> answers =
      co_await client_.ask_all(std::move(calls), call_.cancel());
  Look seen = read_moment(answers);
  for (std::size_t i = 2; i < receipts_end; ++i) {
    seen.receipts.push_back(answers[i].error.is_null() ? std::optional(answers[i].result)
                                                       : std::nullopt);
  }
  std::size_t next = receipts_end;
  if (prove_at_) {
    const JsonRpcAnswer& answer = answers[next++];
    if (answer.error.is_null() && node_number(answer.result) > intent_.nonce) {
      consumed_at_ = prove_at_;
    }
    prove_at_.reset();
  }
  if (check_at_) {
    const JsonRpcAnswer& answer = answers[next];
    if (answer.error.is_null() && answer.result.is_object()) {
      seen.canonical = answer.result.value("hash", "");
    }
    check_at_.reset();
  }
  seen.consumed_at = consumed_at_;
  co_return seen;
}

Look TransactionWatch::read_moment(const std::vector<JsonRpcAnswer>& answers) {
  Look seen;
  if (answers[0].error.is_null() && answers[0].result.is_object()) {
    const std::uint64_t before = head_.number;
    head_ = client_.take_head(answers[0].result);
    seen.head = head_.number;
    head_since_ = head_.number == before ? head_since_ : call_.host().loop.clock().steady();
  }
  if (answers[1].error.is_null()) {
    seen.count = node_number(answers[1].result);
  }
  return seen;
}

}  // namespace runbook
