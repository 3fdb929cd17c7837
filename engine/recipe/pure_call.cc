#include "engine/recipe/pure_call.h"

namespace runbook {
namespace {

[[noreturn]] void refuse_pure() {
  throw Error(Code::internal, "a pure primitive asked for something of a run")
      .with_effect(EffectDone::none);
}

}  // namespace

void PureCall::check_net(const std::string& /*url*/) const {
  refuse_pure();
}
void PureCall::log(Stream /*stream*/, std::string_view /*line*/) {
  refuse_pure();
}
Task<void> PureCall::amend(Json /*intent*/) {
  refuse_pure();
}
Task<std::vector<OpenIntent>> PureCall::open_intents(std::string /*resource_prefix*/) {
  refuse_pure();
}
Task<void> PureCall::lease(std::string /*name*/, std::chrono::milliseconds /*timeout*/) {
  refuse_pure();
}
Task<std::optional<Json>> PureCall::state_get(std::string /*key*/) {
  refuse_pure();
}
Task<std::vector<StateEntry>> PureCall::state_list(std::string /*prefix*/) {
  refuse_pure();
}
void PureCall::state_put(std::string /*key*/, Json /*value*/) {
  refuse_pure();
}

}  // namespace runbook
