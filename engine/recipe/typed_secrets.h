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
/// all that may be one (secret_candidates.h), seconds of work at most.
/// Error(Code::secret_missing) for what is longer: nothing is recorded unchecked.
void recognise_secrets(SecretVault& vault, const RunState& state, const Json& typed);

/// As recordable(), and a number that is a secret becomes its reference too.
/// REQUIRES: its secrets are known (recognise_secrets()).
Json recordable_typed(const SecretVault& vault, const Json& typed);

}  // namespace runbook
