#include "engine/recipe/cancelling.h"

#include <utility>

#include "engine/base/identity.h"

namespace runbook {

void request_cancel(EngineParts& parts) {
  if (parts.purpose != Purpose::cancel) {
    parts.session.root().cancel->request(CancelReason::stop, StopLevel::terminate);
  }
}

void record_cancel(EngineParts& parts, const std::string& reason) {
  if (!parts.journal.state().cancel) {
    parts.journal.append(
        event::CancelRequested{.reason = parts.vault.conceal(reason), .actor = actor_name()});
  }
}

bool is_cancelled(const RunState& state) {
  return state.cancel && !state.finished;
}

}  // namespace runbook
