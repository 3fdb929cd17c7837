// RLP: what is read is what would be written, byte for byte, and takes memory in proportion.

#include "engine/base/error.h"
#include "modules/eth/rlp.h"
#include "tests/fuzz/allocation.h"
#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string bytes(data, data + size);
  const std::size_t before = runbook::allocated_bytes;
  try {
    const runbook::RlpItem item = runbook::rlp_decode(bytes);
    check(runbook::allocated_bytes - before <= 512 * size + 1024);
    check(runbook::rlp_encode(item) == bytes);
  } catch (const runbook::Error& error) {
    check(error.code == runbook::Code::encoding_invalid);
    check(runbook::allocated_bytes - before <= 512 * size + 16 * 1024);
  }
  return 0;
}
