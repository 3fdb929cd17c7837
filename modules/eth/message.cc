#include "modules/eth/message.h"

#include <fmt/format.h>

namespace runbook {

Digest message_hash(std::string_view message) {
  return keccak256(
      fmt::format("\x19"
                  "Ethereum Signed Message:\n{}{}",
                  message.size(), message));
}

Digest message_option_hash(const std::string& message, bool is_hex) {
  return message_hash(is_hex ? from_hex(message) : message);
}

}  // namespace runbook
