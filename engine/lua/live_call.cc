#include "engine/lua/live_call.h"

#include <fmt/core.h>

#include "engine/base/references.h"
#include "engine/lua/values.h"

namespace runbook::lua {
namespace {

constexpr std::int64_t kLeaseMilliseconds = 15'000;
constexpr std::chrono::milliseconds kLeaseRenewal{5'000};
constexpr std::chrono::milliseconds kLeasePoll{200};

/// Renews a held lease until its call drops it, then gives it back.
Task<void> keep_lease(Session& session, std::weak_ptr<Lease> held) {
  CancelPtr forever = Cancel::root();
  for (;;) {
    co_await session.loop().sleep(kLeaseRenewal, forever);
    const std::shared_ptr<Lease> lease = held.lock();
    if (lease == nullptr) {
      co_return;
    }
    const Timestamp now = session.loop().clock().now();
    std::function<void(Store&)> renew = [&](Store& store) {
      store.acquire_lease(lease->name, lease->holder, now, kLeaseMilliseconds);
    };
    co_await session.journal().on_store(std::move(renew));
  }
}

Task<void> give_back(Session& session, Lease lease) {
  std::function<void(Store&)> release = [&](Store& store) { store.release_lease(lease); };
  co_await session.journal().on_store(std::move(release));
}

/// What another run reads must mean the same there: a reference would be that run's secret of the
/// same name. REQUIRES: secrets are revealed, as a primitive gets them.
void refuse_secret(const SecretVault& vault, const std::string& key, const Json& value) {
  if (vault.conceal(key) == key && recordable(vault, value) == value) {
    return;
  }
  throw Error(
      Code::value_not_data,
      fmt::format("{}: a secret belongs to its run and cannot be kept in the project's state",
                  vault.conceal(key)),
      "keep where it is found (a path, a name) instead")
      .with_effect(EffectDone::none);
}

/// State that an older runbook wrote may refer to secrets: never to those of this run.
void refuse_reference(const SecretVault& vault, const std::string& key, const Json& value) {
  if (vault.from_references(value) != value) {
    throw Error(
        Code::secret_missing,
        fmt::format("the project's state {} refers to a secret of the run that wrote it", key),
        "put it anew, without the secret: where it is found (a path, a name)")
        .with_effect(EffectDone::none);
  }
}

}  // namespace

LiveCall::LiveCall(Session& session, Scope* scope, Host& host, Json options, CancelPtr cancel,
                   std::vector<Json> intents, CallSpec::Amend amend)
    : Call(host, std::move(options), std::move(cancel)),
      session_(session),
      scope_(scope),
      amend_(std::move(amend)) {
  intents_ = std::move(intents);
}

LiveCall::~LiveCall() {
  for (const std::shared_ptr<Lease>& lease : leases_) {
    session_.loop().spawn(give_back(session_, *lease));
  }
}

void LiveCall::check_net(const std::string& url) const {
  RB_CHECK(net_check_ != nullptr);
  net_check_(url);
}

void LiveCall::log(Stream stream, std::string_view line) {
  if (scope_ != nullptr) {
    session_.log(*scope_, stream == Stream::out ? "out" : "err", line);
  }
}

Task<void> LiveCall::amend(Json intent) {
  RB_CHECK(amend_ != nullptr);
  intents_.push_back(intent);
  co_await amend_(escape_keys(intent));
}

Task<std::vector<OpenIntent>> LiveCall::open_intents(std::string resource_prefix) {
  co_await session_.journal().durable();
  std::vector<OpenIntent> found;
  std::function<void(Store&)> read = [&](Store& store) {
    found = store.open_intents(resource_prefix);
  };
  co_await session_.journal().on_store(std::move(read));
  co_return found;
}

Task<void> LiveCall::lease(std::string name, std::chrono::milliseconds timeout) {
  const auto deadline = session_.loop().clock().steady() + timeout;
  for (;;) {
    std::optional<Lease> lease;
    std::optional<Lease> holder;
    const Timestamp now = session_.loop().clock().now();
    std::function<void(Store&)> acquire = [&](Store& store) {
      lease = store.acquire_lease(name, host().run_id, now, kLeaseMilliseconds);
      holder = lease ? std::nullopt : store.find_lease(name);
    };
    co_await session_.journal().on_store(std::move(acquire));
    if (lease) {
      leases_.push_back(std::make_shared<Lease>(*lease));
      session_.loop().spawn(keep_lease(session_, leases_.back()));
      co_return;
    }
    if (session_.loop().clock().steady() >= deadline) {
      throw Error(Code::lock_held,
                  fmt::format("{} is held by run {}", name, holder ? holder->holder : "unknown"))
          .with_transient()
          .with_effect(EffectDone::none);
    }
    co_await session_.loop().sleep(kLeasePoll, cancel());
  }
}

Task<std::optional<Json>> LiveCall::state_get(std::string key) {
  const auto own = session_.state().state_puts.find(key);
  if (own != session_.state().state_puts.end()) {
    refuse_reference(session_.vault(), key, own->second);
    co_return own->second;
  }
  std::optional<StateEntry> entry;
  std::function<void(Store&)> read = [&](Store& store) { entry = store.read_state(key); };
  co_await session_.journal().on_store(std::move(read));
  if (!entry) {
    co_return std::nullopt;
  }
  Json value = parse_json(entry->value, "project state");
  refuse_reference(session_.vault(), key, value);
  co_return value;
}

Task<std::vector<StateEntry>> LiveCall::state_list(std::string prefix) {
  co_await session_.journal().durable();
  std::vector<StateEntry> entries;
  std::function<void(Store&)> read = [&](Store& store) { entries = store.list_state(prefix); };
  co_await session_.journal().on_store(std::move(read));
  for (const StateEntry& entry : entries) {
    refuse_reference(session_.vault(), entry.key, parse_json(entry.value, "project state"));
  }
  co_return entries;
}

void LiveCall::state_put(std::string key, Json value) {
  refuse_secret(session_.vault(), key, value);
  event::StatePut put{.key = std::move(key), .value = std::move(value)};
  session_.journal().append(std::move(put),
                            scope_ == nullptr ? std::string() : scope_->attempt->path,
                            scope_ == nullptr ? 0 : scope_->attempt->number);
}

}  // namespace runbook::lua
