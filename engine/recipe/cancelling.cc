#include "engine/recipe/cancelling.h"

namespace runbook {

void request_cancel(EngineParts& parts) {
  parts.session.root().cancel->request(CancelReason::stop, StopLevel::terminate);
}

}  // namespace runbook
