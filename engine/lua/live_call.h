#pragma once
// A Call in a driven run: the engine behind module.h's interface.

#include "engine/lua/leases.h"
#include "engine/lua/module.h"
#include "engine/step/session.h"

namespace runbook::lua {

class LiveCall final : public Call {
 public:
  /// `scope` is where it runs (for its log); null when a probe runs for a step nobody asked for.
  LiveCall(Session& session, Scope* scope, Host& host, Json options, CancelPtr cancel,
           std::vector<Json> intents, CallSpec::Amend amend);
  ~LiveCall() override;  ///< gives its leases back

  /// What check_net() asks. REQUIRES: set before a primitive that goes to the network runs.
  using NetCheck = std::function<void(const std::string& url)>;
  void set_net_check(NetCheck check) { net_check_ = std::move(check); }
  void check_net(const std::string& url) const override;
  /// Where lease() asks. REQUIRES: set before a primitive that takes one runs.
  void set_leases(Leases& leases) { holder_ = &leases; }
  void set_begun_before(bool value) { begun_before_ = value; }
  bool was_begun_before() const override { return begun_before_; }
  void log(Stream stream, std::string_view line) override;
  void waits(const std::string& why, Timestamp until) override;
  Task<void> amend(Json intent) override;
  Task<std::vector<OpenIntent>> open_intents(std::string resource_prefix) override;
  Task<void> lease(std::string name, std::chrono::milliseconds timeout) override;
  void give_back_leases() override { held_.clear(); }
  Task<std::optional<Json>> state_get(std::string key) override;
  Task<std::vector<StateEntry>> state_list(std::string prefix) override;
  void state_put(std::string key, Json value) override;

 private:
  Session& session_;
  Scope* scope_;
  CallSpec::Amend amend_;
  NetCheck net_check_;
  bool begun_before_ = false;
  Leases* holder_ = nullptr;
  std::vector<std::shared_ptr<Leases::Held>> held_;
};

}  // namespace runbook::lua
