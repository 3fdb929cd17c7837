#include "modules/eth/nonces.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/hash.h"
#include "modules/eth/address.h"
#include "modules/eth/sending.h"

namespace runbook {

namespace {

constexpr std::chrono::milliseconds kSenderPatience{60'000};
constexpr std::chrono::milliseconds kLongestPlacePause{100};
constexpr std::chrono::milliseconds kSendAgain{10'000};
constexpr std::int64_t kInFlight = 16;

struct Counts {
  std::uint64_t latest = 0;
  std::uint64_t counted = 0;  ///< with those pending
};

[[noreturn]] void throw_busy(const std::string& sender, const std::string& run,
                             const std::string& why) {
  Error error(
      Code::sender_busy,
      fmt::format("{} has an open transaction in run {}: {}", checksum_address(sender), run, why),
      fmt::format("finish that run first: runbook resume {}", run));
  throw error.with_effect(EffectDone::none);
}

/// After the open intents were read: what was closed meanwhile is counted.
Task<Counts> read_counts(ChainClient& client, std::string sender, CancelPtr cancel) {
  const std::string address = "0x" + to_hex(sender);
  std::vector<JsonRpcCall> calls = {{"eth_getTransactionCount", Json::array({address, "latest"})},
                                    {"eth_getTransactionCount", Json::array({address, "pending"})}};
  const std::vector<Json> found = co_await client.read_at_head(std::move(calls), std::move(cancel));
  const std::uint64_t latest = node_number(found[0]);
  const Counts counts{latest, std::max(latest, node_number(found[1]))};
  co_return counts;
}

/// Those of calls that nobody in this session drives, with their fillers, the lowest first.
std::vector<OpenTransaction> undriven(const SenderQueue& queue,
                                      const std::vector<OpenTransaction>& open) {
  std::vector<OpenTransaction> found;
  for (const OpenTransaction& one : open) {
    if (queue.active.contains(one.intent.nonce)) {
      continue;
    }
    found.push_back(one);
    for (const TransactionIntent& filler : one.intent.fillers) {
      found.push_back({one.run, filler});
    }
  }
  std::ranges::sort(found, {}, [](const OpenTransaction& one) { return one.intent.nonce; });
  return found;
}

/// A node that was restarted may have forgotten them, and then nothing behind them is mined.
Task<void> send_others_again(Call& call, ChainClient& client, SenderQueue& queue,
                             std::vector<OpenTransaction> open, std::uint64_t latest) {
  const std::vector<OpenTransaction> others = undriven(queue, open);
  const auto now = call.host().loop.clock().steady();
  for (const OpenTransaction& one : others) {
    const std::string key = fmt::format("{} {}", one.intent.nonce, one.intent.newest().hash);
    const auto again = queue.sent_again.find(key);
    if (one.intent.nonce < latest ||
        (again != queue.sent_again.end() && now - again->second < kSendAgain)) {
      continue;
    }
    const Sent sent = co_await send_newest(client, one.intent, call.cancel());
    if (sent.answer == SendAnswer::refused && one.run != call.host().run_id) {
      throw_busy(
          one.intent.sender, one.run,
          fmt::format("{}, which the node refuses: {}", intent_text(one.intent), sent.message));
    }
    queue.sent_again[key] = now;
  }
}

Task<void> lease_sender(Call& call, std::string resource, std::string sender) {
  std::optional<Error> failure;  // a coroutine cannot wait inside a handler
  try {
    co_await call.lease(resource, kSenderPatience);
  } catch (const Error& error) {
    failure = error;
  }
  if (failure && failure->code == Code::lock_held) {
    throw Error(Code::sender_busy,
                fmt::format("the nonces of {}: {}", checksum_address(sender), failure->message),
                "wait until that run has sent, then runbook resume")
        .with_effect(EffectDone::none);
  }
  if (failure) {
    throw *failure;
  }
}

/// Nonces for all that are ready, as far as there are places.
Task<void> lead(Call& call, KnownChain chain, std::shared_ptr<SenderQueue> queue,
                std::string sender) {
  const std::string resource = account_resource(chain.identity, sender);
  co_await lease_sender(call, resource, sender);
  const std::vector<OpenTransaction> open = co_await open_transactions(call, resource);
  const Counts counts = co_await read_counts(chain.client, sender, call.cancel());
  co_await send_others_again(call, chain.client, *queue, open, counts.latest);
  std::set<std::uint64_t> taken = taken_nonces(open);
  taken.merge(queue->given());
  std::erase_if(queue->active, [&](std::uint64_t nonce) {
    return nonce < counts.latest || !taken.contains(nonce);
  });
  const auto places =
      static_cast<std::size_t>(std::max<std::int64_t>(1, call.integer_or("in_flight", kInFlight)));
  const std::uint64_t counted = std::max(counts.counted, queue->floor);
  const std::size_t free = places > queue->active.size() ? places - queue->active.size() : 1;
  for (std::size_t given = 0; given < free && queue->ready() > 0; ++given) {
    const std::uint64_t nonce = next_nonce(counted, taken);
    taken.insert(nonce);
    queue->give(nonce);
  }
}

/// Until fewer than `in_flight` wait to be mined. Calls that were cut off before they sent are
/// found by the store.
Task<void> wait_for_place(Call& call, KnownChain chain, std::shared_ptr<SenderQueue> queue,
                          std::string sender) {
  const auto places =
      static_cast<std::size_t>(std::max<std::int64_t>(1, call.integer_or("in_flight", kInFlight)));
  std::chrono::milliseconds pause{2};
  while (queue->active.size() >= places) {
    co_await call.host().loop.sleep(pause, call.cancel());
    pause = std::min(pause * 2, kLongestPlacePause);
    if (pause == kLongestPlacePause && queue->active.size() >= places) {
      const std::string resource = account_resource(chain.identity, sender);
      const std::vector<OpenTransaction> open = co_await open_transactions(call, resource);
      const std::set<std::uint64_t> taken = taken_nonces(open);
      std::erase_if(queue->active, [&](std::uint64_t nonce) { return !taken.contains(nonce); });
    }
  }
}

}  // namespace

Task<std::vector<OpenTransaction>> open_transactions(Call& call, std::string resource) {
  std::vector<OpenTransaction> open;
  const std::vector<OpenIntent> found = co_await call.open_intents(resource);
  for (const OpenIntent& one : found) {
    const Json intent = parse_json(one.intent, "the intent of a transaction");
    if (intent.is_object() && intent.contains("alternatives")) {
      open.push_back({one.run, read_intent(intent)});
    }
  }
  co_return open;
}

std::set<std::uint64_t> taken_nonces(const std::vector<OpenTransaction>& open) {
  std::set<std::uint64_t> taken;
  for (const OpenTransaction& one : open) {
    taken.insert(one.intent.nonce);
    for (const TransactionIntent& filler : one.intent.fillers) {
      taken.insert(filler.nonce);
    }
  }
  return taken;
}

std::uint64_t next_nonce(std::uint64_t counted, const std::set<std::uint64_t>& taken) {
  while (taken.contains(counted)) {
    ++counted;
  }
  return counted;
}

Task<std::uint64_t> take_nonce(Call& call, KnownChain chain, SenderQueue::Ticket& ticket,
                               std::string sender) {
  const std::shared_ptr<SenderQueue> queue = ticket.queue();
  ticket.set_ready();
  while (!ticket.nonce()) {
    if (!ticket.may_lead()) {
      co_await ticket.wait(call.cancel());
      continue;
    }
    ticket.lead();
    co_await wait_for_place(call, chain, queue, sender);
    co_await lead(call, chain, queue, sender);
  }
  co_return *ticket.nonce();
}

Task<void> send_lower_again(Call& call, KnownChain chain, TransactionIntent intent) {
  const std::string resource = account_resource(intent.chain, intent.sender);
  std::vector<OpenTransaction> open = co_await open_transactions(call, resource);
  std::erase_if(open, [&](const OpenTransaction& one) { return one.intent.nonce >= intent.nonce; });
  if (open.empty()) {
    co_return;
  }
  const Counts counts = co_await read_counts(chain.client, intent.sender, call.cancel());
  const std::shared_ptr<SenderQueue> queue = queue_of(call, intent.sender);
  co_await send_others_again(call, chain.client, *queue, std::move(open), counts.latest);
}

}  // namespace runbook
