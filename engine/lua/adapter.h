#pragma once
// The one primitive adapter: from the declarations of all modules to functions Lua can call, by the
// rules of design §3.2, §3.5 and §4. Also settles calls of earlier attempts by their primitive's
// probe.

#include <memory>
#include <string>
#include <vector>

#include "engine/lua/module.h"
#include "engine/lua/scheduler.h"
#include "engine/step/session.h"

namespace runbook::lua {

/// recipe{ allow = }: what effects may touch; absent lists allow everything of their kind.
struct Permissions {
  bool limited = false;
  std::vector<std::string> run, net, write;
};

class Adapter {
 public:
  /// All references must outlive it. `secret_file` receives what `keep =` and derived secrets
  /// produce (empty: kept in memory only).
  Adapter(Scheduler& scheduler, Session& session, Host& host, const std::vector<Module>& modules,
          std::string secret_file);
  ~Adapter();

  /// For the loader: pushes the table of a module's raw functions and returns its Lua; nullopt if
  /// there is none.
  std::optional<std::string_view> push_module(lua_State* L, std::string_view name);
  std::vector<std::string> module_names() const;

  Task<std::optional<Outcome>> probe(const CallState& call, CancelPtr cancel);
  void limit(Permissions permissions);
  /// Keeps a secret's value in the run's secret file, so that a resume has it; synced when it
  /// returns.
  void keep_secret(const std::string& name, const std::string& value);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runbook::lua
