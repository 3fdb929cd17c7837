#include "modules/eth/message.h"

#include <fmt/format.h>

namespace runbook {

Digest message_hash(std::string_view message) {
  return keccak256(
      fmt::format("\x19"
                  "Ethereum Signed Message:\n{}{}",
                  message.size(), message));
}

}  // namespace runbook
