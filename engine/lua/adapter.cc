#include "engine/lua/adapter.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include <lua.hpp>

#include "engine/base/hash.h"
#include "engine/base/references.h"
#include "engine/lua/error_value.h"
#include "engine/lua/kept_secrets.h"
#include "engine/lua/leases.h"
#include "engine/lua/live_call.h"
#include "engine/lua/passing.h"
#include "engine/lua/permissions.h"
#include "engine/lua/state.h"
#include "engine/lua/values.h"

namespace runbook::lua {

namespace {

/// False if a secret in it has no value in this session.
bool is_known(const SecretVault& vault, const Json& value) {
  try {
    vault.reveal(value);
    return true;
  } catch (const Error& error) {
    if (error.code != Code::secret_missing) {
      throw;
    }
    return false;
  }
}

}  // namespace

struct Adapter::Impl {
  struct Entry {
    const Module* module;
    const Function* function;
    std::string name;
  };

  Impl(Scheduler& s, Session& session_in, Host& host_in, const std::vector<Module>& modules_in,
       std::string file)
      : scheduler(s),
        session(session_in),
        leases(session_in),
        host(host_in),
        modules(modules_in),
        secret_file(std::move(file)) {
    for (const Module& module : modules) {
      for (const Function& function : module.functions) {
        const std::string name = fmt::format("{}.{}", module.name, function.name);
        entries[name] = Entry{&module, &function, name};
      }
    }
    if (!secret_file.empty()) {
      kept = read_secret_file(secret_file);
    }
  }

  static int call(lua_State* L);
  int invoke(lua_State* L, const Entry& entry);
  Json compute(Scope& scope, const Entry& entry, const Json& options);
  Task<Json> compute_apart(Scope& scope, const Entry& entry, Json options);
  Task<Json> perform(Scope& scope, const Entry& entry, Json options);
  bool was_begun_before(const Scope& scope, const CallSpec& spec) const;
  Json probed_options(const Function& function, const Json& recorded) const;
  LiveCall::NetCheck net_check(const Entry& entry) const;
  Task<void> amend(Sequence begun, std::string step, std::uint32_t attempt, Json intent);
  void keep_produced(const Json& options, const Json& result);
  bool reveals_secrets(const Entry& entry, const Json& options) const;
  Json derive_secrets(Json result);

  Scheduler& scheduler;
  Session& session;
  Leases leases;
  Host& host;
  const std::vector<Module>& modules;
  std::string secret_file;
  std::map<std::string, std::string> kept;
  std::map<std::string, Entry, std::less<>> entries;
  Permissions permissions;
  Adapter* adapter = nullptr;
};

int Adapter::Impl::call(lua_State* L) {
  auto* impl = static_cast<Impl*>(lua_touserdata(L, lua_upvalueindex(1)));
  const auto* entry = static_cast<const Entry*>(lua_touserdata(L, lua_upvalueindex(2)));
  return impl->invoke(L, *entry);
}

int Adapter::Impl::invoke(lua_State* L, const Entry& entry) {
  Json options;
  std::optional<Error> refused;
  try {
    options = read_arguments(L, entry.name, *entry.function, host.root);
  } catch (const Error& error) {
    refused = error;
  }
  if (refused || entry.function->compute != nullptr) {
    return scheduler.at_once(L, [&](lua_State* state) {
      if (refused) {
        throw *refused;
      }
      push_result(state, compute(scheduler.scope(), entry, options),
                  entry.function->tagged ? Form::stored : Form::plain);
      return 1;
    });
  }
  return scheduler.await(
      L,
      [this, &entry, options = std::move(options)](Scope& scope) mutable -> Task<Scheduler::Push> {
        Json result = co_await perform(scope, entry, std::move(options));
        co_return [result = std::move(result)](lua_State* state) {
          push_result(state, result, Form::stored);
          return 1;
        };
      });
}

// Pure primitives: no scope rules. Those that look at text get secret values, and what they return
// is a secret again.
bool Adapter::Impl::reveals_secrets(const Entry& entry, const Json& options) const {
  return entry.function->reveals &&
         session.vault().mentions(options.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Json Adapter::Impl::compute(Scope& scope, const Entry& entry, const Json& options) {
  const bool secrets = reveals_secrets(entry, options);
  LiveCall call(session, &scope, host, secrets ? session.vault().reveal(options) : options,
                scope.cancel, {}, {});
  Json result = entry.function->compute(call);
  return secrets && !entry.function->result_public ? derive_secrets(std::move(result)) : result;
}

// The same for one that takes long: the loop goes on meanwhile.
Task<Json> Adapter::Impl::compute_apart(Scope& scope, const Entry& entry, Json options) {
  const bool secrets = reveals_secrets(entry, options);
  LiveCall call(session, &scope, host, secrets ? session.vault().reveal(options) : options,
                scope.cancel, {}, {});
  Json result = co_await entry.function->run(call);
  result = entry.function->tagged ? std::move(result) : escape_keys(result);
  co_return secrets && !entry.function->result_public ? derive_secrets(std::move(result)) : result;
}

Json Adapter::Impl::derive_secrets(Json result) {
  if (result.is_string()) {
    const std::string value = result.get<std::string>();
    const std::string name =
        "derived-" + to_hex(sha256(session.vault().fingerprint(value))).substr(0, 12);
    if (!session.vault().value(name)) {
      session.vault().add(name, value);
      adapter->keep_secret(name, value);
    }
    return session.vault().placeholder(name);
  }
  for (Json& part : result) {
    part = derive_secrets(std::move(part));
  }
  return result;
}

bool Adapter::Impl::was_begun_before(const Scope& scope, const CallSpec& spec) const {
  const StepState* step = session.state().find_step(scope.attempt->path);
  if (step == nullptr) {
    return false;
  }
  const std::string print = spec.fingerprint();
  return std::ranges::any_of(session.state().calls_of(*step), [&](const CallState* call) {
    return call->primitive == spec.primitive && call->fingerprint == print;
  });
}

Task<Json> Adapter::Impl::perform(Scope& scope, const Entry& entry, Json options) {
  const Function& function = *entry.function;
  if (function.effect == Effect::pure && function.effect_of == nullptr) {
    Json computed = co_await compute_apart(scope, entry, std::move(options));
    co_return computed;
  }
  const std::vector<ToolProgram>& tools = entry.module->tools;
  tools.empty() ? check_permissions(permissions, entry.name, function, options, host.root)
                : check_tools(permissions, entry.name, tools, function, options);
  CallSpec spec;
  spec.primitive = entry.name;
  spec.effect = function.effect_of != nullptr ? function.effect_of(options) : function.effect;
  spec.arguments =
      recordable(session.vault(), function.takes_tagged ? options : escape_keys(options));
  const Json revealed = session.vault().reveal(options);
  if (function.identity != nullptr) {
    LiveCall call(session, &scope, host, revealed, scope.cancel, {}, {});
    spec.identity = recordable(session.vault(), escape_keys(function.identity(call)));
  }
  if (function.prepare != nullptr) {
    const bool begun_before = was_begun_before(scope, spec);
    spec.prepare = [this, &scope, &entry, &function, revealed,
                    begun_before](CancelPtr cancel) -> Task<Intent> {
      LiveCall call(session, &scope, host, revealed, cancel, {}, {});
      call.set_net_check(net_check(entry));
      call.set_leases(leases);
      call.set_begun_before(begun_before);
      Intent intent = co_await function.prepare(call);
      intent.data = escape_keys(intent.data);
      co_return intent;
    };
  }
  spec.run = [this, &scope, &entry, &function, revealed](
                 CancelPtr cancel, std::vector<Json> intents, CallSpec::Amend amend) -> Task<Json> {
    for (Json& intent : intents) {
      intent = unescape_keys(intent);
    }
    LiveCall call(session, &scope, host, revealed, cancel, std::move(intents), std::move(amend));
    call.set_net_check(net_check(entry));
    call.set_leases(leases);
    Json result = co_await function.run(call);
    keep_produced(revealed, result);
    if (function.tagged) {
      co_return result;
    }
    co_return escape_keys(result);  // what a tool or a network said has no tags of ours
  };
  co_return co_await session.call(scope, std::move(spec));
}

// A secret that was declared inside the step is not known again yet, and what was done can mostly
// be told without it: then the option is absent.
Json Adapter::Impl::probed_options(const Function& function, const Json& recorded) const {
  const SecretVault& vault = session.vault();
  Json options = vault.from_references(recorded);
  for (const Option& option : function.options) {
    const auto found = options.find(std::string(option.name));
    if (option.type == Type::secret && found != options.end() && !is_known(vault, *found)) {
      options.erase(found);
    }
  }
  return unescape_keys(vault.reveal(options));
}

// Of a call of an earlier attempt, while it is examined.
Task<void> Adapter::Impl::amend(Sequence begun, std::string step, std::uint32_t attempt,
                                Json intent) {
  Json recorded = recordable(session.vault(), intent);
  session.journal().append(event::CallAmended{.call = begun, .intent = std::move(recorded)}, step,
                           attempt);
  co_await session.journal().durable();
}

LiveCall::NetCheck Adapter::Impl::net_check(const Entry& entry) const {
  return [this, &entry](const std::string& url) { lua::check_net(permissions, entry.name, url); };
}

// Into the secret file before the end is recorded; the vault then conceals the values wherever they
// stand in the result.
void Adapter::Impl::keep_produced(const Json& options, const Json& result) {
  const auto keep = options.find("keep");
  if (keep == options.end()) {
    return;
  }
  for (const KeptSecret& secret : kept_secrets(*keep, result)) {
    session.vault().add(secret.name, secret.value);
    adapter->keep_secret(secret.name, secret.value);
  }
}

Adapter::Adapter(Scheduler& scheduler, Session& session, Host& host,
                 const std::vector<Module>& modules, std::string secret_file)
    : impl_(std::make_unique<Impl>(scheduler, session, host, modules, std::move(secret_file))) {
  impl_->adapter = this;
  for (const auto& [name, value] : impl_->kept) {
    session.vault().add(name, value);
  }
}

Adapter::~Adapter() = default;

void Adapter::limit(Permissions permissions) {
  impl_->permissions = std::move(permissions);
}

void Adapter::keep_secret(const std::string& name, const std::string& value) {
  impl_->kept[name] = value;
  if (!impl_->secret_file.empty()) {
    write_secret_file(impl_->secret_file, impl_->kept);
  }
}

std::vector<std::string> Adapter::module_names() const {
  std::vector<std::string> names;
  for (const Module& module : impl_->modules) {
    names.emplace_back(module.name);
  }
  return names;
}

std::optional<std::string_view> Adapter::push_module(lua_State* L, std::string_view name) {
  for (const Module& module : impl_->modules) {
    if (module.name != name) {
      continue;
    }
    lua_newtable(L);
    for (const Function& function : module.functions) {
      const auto entry = impl_->entries.find(fmt::format("{}.{}", module.name, function.name));
      lua_pushlightuserdata(L, impl_.get());
      lua_pushlightuserdata(L, &entry->second);
      lua_pushcclosure(L, guarded<Impl::call>, 2);
      impl_->scheduler.make_raising(L);
      lua_setfield(L, -2, std::string(function.name).c_str());
    }
    return module.lua;
  }
  return std::nullopt;
}

Task<std::optional<Outcome>> Adapter::probe(const CallState& call, CancelPtr cancel) {
  const auto entry = impl_->entries.find(call.primitive);
  if (entry == impl_->entries.end() || entry->second.function->probe == nullptr) {
    co_return std::nullopt;
  }
  SecretVault& vault = impl_->session.vault();
  std::vector<Json> intents;
  for (const Json& intent : call.intents) {
    intents.push_back(unescape_keys(vault.reveal(vault.from_references(intent))));
  }
  Json options = impl_->probed_options(*entry->second.function, call.arguments);
  CallSpec::Amend amend = [this, begun = call.begun, step = call.step,
                           attempt = call.attempt](Json intent) -> Task<void> {
    co_await impl_->amend(begun, step, attempt, std::move(intent));
  };
  LiveCall live(impl_->session, nullptr, impl_->host, std::move(options), cancel,
                std::move(intents), std::move(amend));
  live.set_net_check(impl_->net_check(entry->second));
  live.set_leases(impl_->leases);
  try {
    co_return co_await entry->second.function->probe(live);
  } catch (const Error& error) {
    co_return error.transient ? Outcome::in_progress(error.message)
                              : Outcome::cannot_tell(error.message);
  }
}

}  // namespace runbook::lua
