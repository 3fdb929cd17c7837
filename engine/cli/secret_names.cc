#include "engine/cli/secret_names.h"

#include <memory>

#include "engine/base/secret.h"

namespace runbook {

void show_secret_names(Context& context, const Project& project, const std::string& run,
                       const RunState& state) {
  const auto redactor = std::make_shared<Redactor>();
  SecretVault vault(run, *redactor);
  for (const auto& [name, print] : state.created.secrets.items()) {
    vault.declare(name);
  }
  const std::string begin = value_key("", "secret", "=");
  for (const auto& [key, print] : state.values) {
    if (key.starts_with(begin)) {
      vault.declare(key.substr(begin.size()));
    }
  }
  for (const auto& [name, value] : read_secret_file(run_folder(project, run) / "secrets.json")) {
    vault.declare(name);
  }
  context.out.redact_with(redactor);
  context.err.redact_with(redactor);
}

}  // namespace runbook
