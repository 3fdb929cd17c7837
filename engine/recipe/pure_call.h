#pragma once
// A call of a pure primitive where there is no run: it has options, and nothing else to ask for.

#include <utility>

#include "engine/lua/module.h"

namespace runbook {

class PureCall final : public Call {
 public:
  PureCall(Host& host, Json options) : Call(host, std::move(options), nullptr) {}
  void check_net(const std::string& url) const override;
  void log(Stream stream, std::string_view line) override;
  Task<void> amend(Json intent) override;
  Task<std::vector<OpenIntent>> open_intents(std::string resource_prefix) override;
  Task<void> lease(std::string name, std::chrono::milliseconds timeout) override;
  Task<std::optional<Json>> state_get(std::string key) override;
  Task<std::vector<StateEntry>> state_list(std::string prefix) override;
  void state_put(std::string key, Json value) override;
};

}  // namespace runbook
