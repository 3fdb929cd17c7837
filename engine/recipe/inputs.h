#pragma once
// The parameters of a session: checked at the start of a run, compared with the record on resume.

#include <map>
#include <string>
#include <vector>

#include "engine/base/secret.h"
#include "engine/recipe/header.h"
#include "engine/recipe/runner.h"

namespace runbook {

struct Inputs {
  Json values = Json::object();        ///< as the recipe gets them: secrets as placeholders
  Json fingerprints = Json::object();  ///< of the secrets, by name
  std::map<std::string, std::string>
      url_secrets;  ///< parts of URLs: to be kept in the run's secret file
};

/// Registers the secrets with `vault`. Error(parameters_invalid) listing all that is wrong.
Inputs first_inputs(const Header& header, const RunOptions& options, SecretVault& vault);

/// `recorded`: run.created's parameters. A value given again must be the same:
/// Error(parameters_changed); secrets must be supplied again: Error(parameters_invalid), and be the
/// same: Error(secret_changed).
Inputs resumed_inputs(const Header& header, const RunOptions& options, const Json& recorded,
                      const Json& fingerprints, SecretVault& vault);

}  // namespace runbook
