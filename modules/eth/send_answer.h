#pragma once
// What a node's answer to a transaction means. Nodes say it in words only, each in its own.

#include <string>

#include "engine/base/json.h"

namespace runbook {

enum class SendAnswer {
  accepted,     ///< and has it now
  known,        ///< it had it, or has another of the same nonce that pays more
  too_low,      ///< a transaction of this nonce is on the chain
  too_high,     ///< it takes no transaction before those of lower nonces: again later
  underpriced,  ///< it wants more before it looks at it
  full,         ///< its pool is: again later
  refused,      ///< not as it is, ever
};

/// Of an error answer { code, message, data }; null is accepted.
SendAnswer classify_send(const Json& error);

}  // namespace runbook
