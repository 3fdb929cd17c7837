#pragma once
// The driver's inbox: what people at other terminals tell the run while it is driven.

#include "engine/recipe/asking.h"

namespace runbook {

class Inbox {
 public:
  Inbox(EngineParts& parts, Asking& asking) : parts_(parts), asking_(asking) {}

  /// Does what lies there, in order. Each sender gets its reply once what it said is durable.
  Task<void> take_messages();
  /// Looks again and again, until `over` is cancelled.
  Task<void> watch(std::chrono::milliseconds every, CancelPtr over);
  /// Removes what nobody comes for any more. At the end of a session, which is on record.
  Task<void> clear_up();

 private:
  Task<void> take(InboxMessage message);

  EngineParts& parts_;
  Asking& asking_;
};

}  // namespace runbook
