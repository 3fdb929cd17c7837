#include "engine/cli/secret_names.h"

#include <memory>

#include "engine/base/secret.h"
#include "engine/recipe/typed_secrets.h"

namespace runbook {

void show_secret_names(Context& context, const Project& project, const std::string& run,
                       const RunState& state) {
  const auto redactor = std::make_shared<Redactor>();
  SecretVault vault(run, *redactor);
  for (const auto& [name, print] : secret_fingerprints(state)) {
    vault.declare(name);
  }
  for (const auto& [name, value] : read_secret_file(run_folder(project, run) / "secrets.json")) {
    vault.declare(name);
  }
  context.out.redact_with(redactor);
  context.err.redact_with(redactor);
}

}  // namespace runbook
