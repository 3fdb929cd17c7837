#include "modules/eth/settlement.h"

#include <algorithm>

#include "engine/base/hash.h"

namespace runbook {

namespace {

Finding found(Finding::Kind kind) {
  return {.kind = kind, .receipt = nullptr, .depth = 0};
}

/// On the chain by what this node says: how deep?
Finding mined(const Json& receipt, std::uint64_t confirmations, const Look& look) {
  const std::uint64_t block = node_number(receipt.at("blockNumber"));
  const std::uint64_t head = std::max(look.head.value_or(block), block);
  Finding finding{.kind = Finding::Kind::deepening, .receipt = receipt, .depth = head - block + 1};
  if (finding.depth < confirmations) {
    return finding;
  }
  if (confirmations > 1 && look.canonical != receipt.at("blockHash").get<std::string>()) {
    finding.kind = look.canonical ? Finding::Kind::ask_again : Finding::Kind::check;
    return finding;
  }
  const bool succeeded = node_number(receipt.at("status")) == 1;
  finding.kind = succeeded ? Finding::Kind::done : Finding::Kind::reverted;
  return finding;
}

std::string bytes_of(const Json& transaction, const char* name) {
  const Json value = transaction.value(name, Json());
  return value.is_string() ? from_hex(value.get<std::string>()) : std::string();
}

}  // namespace

Finding settle(std::uint64_t nonce, std::uint64_t confirmations, const Look& look) {
  for (const std::optional<Json>& receipt : look.receipts) {
    if (receipt && receipt->is_object() && receipt->value("blockHash", Json()).is_string()) {
      return mined(*receipt, confirmations, look);
    }
  }
  if (look.count && *look.count <= nonce) {
    return found(Finding::Kind::pending);
  }
  const bool all_answered =
      std::ranges::all_of(look.receipts, [](const auto& receipt) { return receipt.has_value(); });
  if (!look.count || !look.head || !all_answered) {
    return found(Finding::Kind::ask_again);
  }
  if (!look.consumed_at) {
    return found(Finding::Kind::prove);
  }
  return found(*look.head >= *look.consumed_at ? Finding::Kind::foreign : Finding::Kind::ask_again);
}

Usurper judge_usurper(const TransactionIntent& intent, const Json& transaction) {
  const std::string hash = transaction.value("hash", "");
  for (const Alternative& alternative : intent.alternatives) {
    if (alternative.hash == hash) {
      return Usurper::ours;
    }
  }
  const Json input = transaction.contains("input") ? transaction.at("input") : Json();
  const std::string data = bytes_of(transaction, input.is_string() ? "input" : "data");
  const std::string to = bytes_of(transaction, "to");
  const Bigint value = node_quantity(transaction.value("value", Json("0x0")));
  if (to == intent.to && value == intent.value && data == intent.data) {
    return Usurper::same;
  }
  const bool nothing = to == intent.sender && value == Bigint(0) && data.empty();
  return nothing ? Usurper::cancelled : Usurper::other;
}

}  // namespace runbook
