// Artefact files: whatever they hold, an artefact that can be linked, or an Error.

#include "engine/base/error.h"
#include "modules/eth/artifact.h"
#include "tests/fuzz/allocation.h"
#include "tests/fuzz/target.h"

namespace {

bool is_expected(const runbook::Error& error) {
  return error.code == runbook::Code::artifact_invalid ||
         error.code == runbook::Code::abi_value_invalid ||
         error.code == runbook::Code::abi_entry_unclear;
}

/// With an address for each library by its full name, of which two links may be.
runbook::Json libraries_of(const runbook::Artifact& artifact) {
  runbook::Json libraries = runbook::Json::object();
  for (const runbook::Artifact::Link& link : artifact.links) {
    check(link.start + 20 <= artifact.bytecode.size());
    libraries[link.library] = "0x" + std::string(40, '1');
  }
  return libraries;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  constexpr std::size_t kMostBytes = 1U << 20U;
  const std::string text(data, data + size);
  const std::size_t before = runbook::allocated_bytes;
  try {
    const runbook::Artifact artifact = runbook::parse_artifact(text, "artifact");
    check(runbook::allocated_bytes - before <= kMostBytes + 4096 * size);
    const std::string code = runbook::init_code(artifact, libraries_of(artifact), nullptr);
    check(code.size() >= artifact.bytecode.size());
  } catch (const runbook::Error& error) {
    check(is_expected(error));
  }
  return 0;
}
