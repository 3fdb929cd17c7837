#include "engine/recipe/pure_call.h"

namespace runbook {
namespace {

[[noreturn]] void refuse() {
  throw Error(Code::internal, "a pure primitive asked for something of a run")
      .with_effect(EffectDone::none);
}

}  // namespace

void PureCall::check_net(const std::string& /*url*/) const {
  refuse();
}
void PureCall::log(Stream /*stream*/, std::string_view /*line*/) {
  refuse();
}
Task<void> PureCall::amend(Json /*intent*/) {
  refuse();
}
Task<std::vector<OpenIntent>> PureCall::open_intents(std::string /*resource_prefix*/) {
  refuse();
}
Task<void> PureCall::lease(std::string /*name*/, std::chrono::milliseconds /*timeout*/) {
  refuse();
}
Task<std::optional<Json>> PureCall::state_get(std::string /*key*/) {
  refuse();
}
Task<std::vector<StateEntry>> PureCall::state_list(std::string /*prefix*/) {
  refuse();
}
void PureCall::state_put(std::string /*key*/, Json /*value*/) {
  refuse();
}

}  // namespace runbook
