// Keystore files: whatever they ask for, a key or an Error, and never gigabytes.

#include "engine/base/error.h"
#include "modules/eth/keystore.h"
#include "tests/fuzz/allocation.h"
#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  constexpr std::size_t kMostBytes = 320U << 20U;
  const std::string text(data, data + size);
  const std::size_t before = runbook::allocated_bytes;
  try {
    const runbook::PrivateKey key = runbook::read_keystore(runbook::Json(text), "fuzz password");
    check(runbook::PrivateKey::parse(key.hex()).address() == key.address());
  } catch (const runbook::Error& error) {
    check(error.code == runbook::Code::keystore_invalid ||
          error.code == runbook::Code::key_invalid);
  }
  check(runbook::allocated_bytes - before <= kMostBytes + 512 * size);
  return 0;
}
