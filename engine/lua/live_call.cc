#include "engine/lua/live_call.h"

#include <fmt/core.h>

#include "engine/base/references.h"
#include "engine/lua/values.h"

namespace runbook::lua {
namespace {

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

LiveCall::~LiveCall() = default;

void LiveCall::check_net(const std::string& url) const {
  RB_CHECK(net_check_ != nullptr);
  net_check_(url);
}

void LiveCall::log(Stream stream, std::string_view line) {
  if (scope_ != nullptr) {
    session_.log(*scope_, stream == Stream::out ? "out" : "err", line);
  }
}

void LiveCall::waits(const std::string& why, Timestamp until) {
  if (scope_ != nullptr) {
    session_.waits(*scope_, why, until);
  }
}

Task<void> LiveCall::amend(Json intent) {
  RB_CHECK(amend_ != nullptr);
  intents_.push_back(intent);
  co_await amend_(escape_keys(intent));
  held_.clear();  // what they protected is recorded
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
  RB_CHECK(holder_ != nullptr);
  held_.push_back(co_await holder_->hold(std::move(name), host().run_id, timeout, cancel()));
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
