#include "engine/step/fingerprint.h"

#include "engine/base/hash.h"

namespace runbook {

std::string fingerprint(const Json& arguments) {
  return to_hex(sha256(dump_json(arguments))).substr(0, 32);
}

}  // namespace runbook
