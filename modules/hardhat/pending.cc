#include "modules/hardhat/pending.h"

#include <fmt/core.h>

#include <algorithm>

#include "modules/hardhat/nonce_use.h"
#include "modules/hardhat/raw_transaction.h"

namespace runbook::hardhat {

namespace {

constexpr std::chrono::milliseconds kRound{250};
constexpr int kRoundsBetweenSends = 60;
constexpr int kRoundsBetweenSearches = 8;

struct Open {
  std::string hash;
  Json entry;
  int looks_after_use = 0;  ///< at the receipt, since its nonce was first seen used

  std::string name() const { return entry.value("name", hash); }
  std::string sender() const {
    const Json from = decoded("from");
    return from.is_string() ? from.get<std::string>() : std::string();
  }
  Json decoded(const char* field) const {
    return entry.value("decoded", Json::object()).value(field, Json());
  }
  std::uint64_t nonce() const {
    return decoded("nonce").is_number_unsigned() ? decoded("nonce").get<std::uint64_t>() : 0;
  }
};

std::vector<Open> open_of(const Json& pending) {
  std::vector<Open> all;
  for (const auto& [hash, entry] : pending.items()) {
    all.push_back({hash, entry});
  }
  std::ranges::stable_sort(all, {}, &Open::nonce);
  return all;
}

void write_rest(const DeploymentsFolder& folder, const std::vector<Open>& rest) {
  Json pending = Json::object();
  for (const Open& open : rest) {
    pending[open.hash] = open.entry;
  }
  folder.write_pending(pending);
}

void keep_mined(Call& call, const Chain& chain, const DeploymentsFolder& folder, const Open& open,
                const Json& receipt) {
  const bool succeeded = receipt.at("status") == 1;
  call.log(Stream::err,
           fmt::format("{} of an earlier deploy {} in block {}", open.name(),
                       succeeded ? "was mined" : "failed", receipt.at("blockNumber").dump()));
  if (succeeded && open.entry.contains("deployment") && receipt.at("contractAddress").is_string()) {
    folder.write(open.name(), open.entry.at("deployment"), receipt, chain.id());
  }
}

/// That its nonce is used says nothing: behind one URL may be nodes of which one is a block ahead,
/// and the block may hold this very transaction.
Task<bool> is_replaced(Call& call, Chain& chain, const Open& open) {
  const std::string user = co_await user_of_nonce(chain, open.sender(), open.nonce());
  if (user.empty() || user == open.hash) {
    co_return false;
  }
  call.log(Stream::err, fmt::format("{} of an earlier deploy never happened: {} used its nonce {}",
                                    open.name(), user, open.nonce()));
  co_return true;
}

/// True once nothing is to be waited for.
Task<bool> is_settled(Call& call, Chain& chain, const DeploymentsFolder& folder, Open& open) {
  bool is_used = false;
  if (!open.sender().empty() && open.decoded("nonce").is_number_unsigned()) {
    const std::uint64_t count = co_await chain.count(open.sender(), "latest");
    is_used = count > open.nonce();
  }
  const Json receipt = co_await chain.receipt(open.hash);
  if (receipt.is_object()) {
    keep_mined(call, chain, folder, open, receipt);
    co_return true;
  }
  if (!is_used || open.looks_after_use++ % kRoundsBetweenSearches != 0) {
    co_return false;
  }
  co_return co_await is_replaced(call, chain, open);
}

Task<void> send_again(Chain& chain, const Open& open) {
  const std::string raw = raw_transaction(open.entry, open.hash);
  if (raw.empty() || open.looks_after_use > 0) {
    co_return;
  }
  const std::string refusal = co_await chain.send_raw(raw);
  if (!refusal.empty()) {
    throw Error(Code::transaction_refused,
                fmt::format("{} of an earlier deploy was not mined, and the node refuses it: {}",
                            open.name(), refusal),
                "mend the cause; or remove .pendingTransactions if it must never happen",
                {{"hash", open.hash}})
        .with_effect(EffectDone::none);
  }
}

Error still_open(const Open& open, std::chrono::milliseconds patience) {
  std::string message = fmt::format("{} of an earlier deploy is not mined after {}: {}",
                                    open.name(), format_duration(patience), open.hash);
  std::string hint;
  if (open.looks_after_use > 0) {
    message = fmt::format(
        "whether {} of an earlier deploy happened is not known after {}: its nonce {} is used, and "
        "the node has no receipt of {}, nor says what used it",
        open.name(), format_duration(patience), open.nonce(), open.hash);
    hint = "look for it elsewhere; remove it from .pendingTransactions if it never happened";
  }
  return Error(Code::transaction_open, std::move(message), std::move(hint),
               {{"hash", open.hash}, {"nonce", open.nonce()}})
      .with_transient()
      .with_effect(EffectDone::none);
}

}  // namespace

std::vector<std::string> pending_senders(const Json& pending) {
  std::vector<std::string> senders;
  for (const Open& open : open_of(pending)) {
    if (!open.sender().empty()) {
      senders.push_back(open.sender());
    }
  }
  return senders;
}

Task<void> settle_pending(Call& call, Chain& chain, const DeploymentsFolder& folder,
                          std::chrono::milliseconds patience) {
  std::vector<Open> rest = open_of(folder.pending());
  const auto deadline = call.host().loop.clock().steady() + patience;
  for (int round = 0; !rest.empty(); ++round) {
    std::vector<Open> open;
    for (Open& candidate : rest) {
      const bool settled = co_await is_settled(call, chain, folder, candidate);
      if (!settled) {
        open.push_back(candidate);
      }
    }
    if (open.size() != rest.size()) {
      write_rest(folder, open);
    }
    rest = std::move(open);
    if (round % kRoundsBetweenSends == 0) {
      for (const Open& candidate : rest) {
        co_await send_again(chain, candidate);
      }
    }
    if (!rest.empty()) {
      if (call.host().loop.clock().steady() >= deadline) {
        throw still_open(rest.front(), patience);
      }
      co_await call.host().loop.sleep(kRound, call.cancel());
    }
  }
}

}  // namespace runbook::hardhat
