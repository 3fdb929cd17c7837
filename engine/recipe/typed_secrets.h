#pragma once
// Secrets of the run in what people type to it: reasons, comments, results, answers.

#include <filesystem>
#include <map>
#include <string>

#include "engine/base/secret.h"
#include "engine/journal/run_state.h"

namespace runbook {

/// The fingerprints of the run's secret parameters and of secret(), by name.
std::map<std::string, std::string> secret_fingerprints(const RunState& state);

/// Adds the values in the run's secret file to the vault.
void add_kept_secrets(SecretVault& vault, const std::filesystem::path& run_folder);

/// Adds to the vault what it does not know but `typed` holds: whoever tells a run something that
/// nobody drives has not its secret parameters, only their fingerprints. These are compared with
/// each text, with its words and with runs of them (a value may have spaces), up to a second's
/// work.
void recognise_secrets(SecretVault& vault, const RunState& state, const Json& typed);

}  // namespace runbook
