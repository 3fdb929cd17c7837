#include "modules/hardhat/sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "modules/hardhat/deployed.h"
#include "modules/hardhat/pending.h"
#include "modules/hardhat/raw_transaction.h"

namespace runbook::hardhat {

namespace {

constexpr std::chrono::minutes kLeaseWait{5};
constexpr std::chrono::milliseconds kLookAgain{250};
/// Transactions of a cut-off deploy that are looked at, each by a question to the node.
constexpr std::uint64_t kMostExamined = 1024;

Error busy(const OpenIntent& open) {
  return Error(Code::sender_busy,
               fmt::format("run {} has an open transaction of the account that deploys, in step {}",
                           open.run, open.step),
               "runbook resume " + open.run, {{"run", open.run}, {"step", open.step}})
      .with_effect(EffectDone::none);
}

/// Hardhat does not know of transactions that were signed and are not in the pool: it would use
/// their nonces. Those of this run come to their end by themselves.
Task<void> wait_for_open(Call& call, std::string account) {
  const auto deadline = call.host().loop.clock().steady() + kLeaseWait;
  for (;;) {
    const std::vector<OpenIntent> open = co_await call.open_intents(account);
    if (open.empty()) {
      co_return;
    }
    const auto foreign = std::ranges::find_if(
        open, [&](const OpenIntent& one) { return one.run != call.host().run_id; });
    if (foreign != open.end()) {
      throw busy(*foreign);
    }
    if (call.host().loop.clock().steady() >= deadline) {
      throw busy(open.front());
    }
    co_await call.host().loop.sleep(kLookAgain, call.cancel());
  }
}

std::set<std::string> known_addresses(const std::vector<Deployment>& deployments) {
  std::set<std::string> known;
  for (const Deployment& deployment : deployments) {
    known.insert(checksummed(deployment.address()));
    const Json receipt = deployment.content.value("receipt", Json());
    if (receipt.is_object() && receipt.value("contractAddress", Json()).is_string()) {
      known.insert(checksummed(receipt.at("contractAddress").get<std::string>()));
    }
  }
  return known;
}

/// Contracts that the cut-off deploy created between sending and noting them.
Task<std::vector<std::string>> unnoted(Chain& chain, const DeploymentsFolder& folder,
                                       std::string sender, std::uint64_t first, std::uint64_t end) {
  const std::set<std::string> known = known_addresses(folder.read());
  const Json pending = folder.pending();
  std::set<std::uint64_t> open;
  for (const Json& entry : pending) {
    open.insert(entry.value("decoded", Json::object()).value("nonce", std::uint64_t{0}));
  }
  std::vector<std::string> found;
  for (std::uint64_t nonce = first; nonce < end; ++nonce) {
    const std::string address = checksummed(created_address(sender, nonce));
    if (known.count(address) + open.count(nonce) > 0) {
      continue;
    }
    const std::string code = co_await chain.code(address);
    if (code != "0x") {
      found.push_back(fmt::format("{} (nonce {})", address, nonce));
    }
  }
  co_return found;
}

}  // namespace

Task<void> hold_senders(Call& call, Chain& chain, HardhatNetwork network) {
  std::set<std::string> accounts;
  if (!network.sender.empty()) {
    accounts.insert(chain.lease_of(network.sender));
  }
  for (const std::string& sender :
       pending_senders(DeploymentsFolder(network.deployments).pending())) {
    accounts.insert(chain.lease_of(sender));
  }
  for (const std::string& account : accounts) {
    co_await wait_for_open(call, account);
    co_await call.lease(account, kLeaseWait);
    const std::vector<OpenIntent> open = co_await call.open_intents(account);
    if (!open.empty()) {
      throw busy(open.front()).with_transient();
    }
  }
}

Task<void> note_nonce(Call& call, Chain& chain, HardhatNetwork network) {
  if (network.sender.empty()) {
    co_return;
  }
  Json intent = call.intent();
  intent["sender"] = network.sender;
  std::uint64_t nonce = co_await chain.count(network.sender, "latest");
  for (;;) {
    intent["nonce"] = nonce;
    Json noted = intent;
    co_await call.amend(std::move(noted));  // which gives the leases back
    co_await hold_senders(call, chain, network);
    const std::uint64_t count = co_await chain.count(network.sender, "latest");
    if (count <= nonce) {
      co_return;
    }
    nonce = count;  // another call sent in between
  }
}

Task<Outcome> examine_sender(Chain& chain, DeploymentsFolder folder, Json intent) {
  const std::string sender = intent.at("sender").get<std::string>();
  const std::uint64_t mined = co_await chain.count(sender, "latest");
  const std::uint64_t sent = co_await chain.count(sender, "pending");
  if (sent > mined + folder.pending().size()) {
    co_return Outcome::in_progress(
        fmt::format("{} transactions of {} wait to be mined", sent - mined, sender));
  }
  const auto first = intent.at("nonce").get<std::uint64_t>();
  if (mined > first + kMostExamined) {
    co_return Outcome::cannot_tell(
        fmt::format("{} has sent {} transactions since the deploy began", sender, mined - first));
  }
  const std::vector<std::string> found = co_await unnoted(chain, folder, sender, first, mined);
  if (!found.empty()) {
    co_return Outcome::cannot_tell(fmt::format(
        "{} created {} since the deploy began, and no file in {} says so: hardhat deploy would "
        "deploy it a second time",
        sender, fmt::join(found, ", "), folder.path().string()));
  }
  co_return Outcome::not_done();
}

}  // namespace runbook::hardhat
