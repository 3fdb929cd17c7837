#include "engine/recipe/inputs.h"

#include <fmt/core.h>

#include <cstdlib>
#include <set>

namespace runbook {
namespace {

GivenParameters given_by(const RunOptions& options) {
  GivenParameters given;
  given.arguments = options.parameters;
  given.files = options.parameter_files;
  given.environment = [](const std::string& name) -> std::optional<std::string> {
    const char* text = std::getenv(name.c_str());
    return text == nullptr ? std::nullopt : std::optional<std::string>(text);
  };
  return given;
}

/// Values in clear → what the recipe may see.
Inputs conceal(const CheckedParameters& checked, const std::vector<Parameter>& declared,
               SecretVault& vault) {
  Inputs inputs;
  for (const SecretPart& secret : checked.secrets) {
    if (vault.is_placeholder(secret.value)) {
      continue;  // a recorded URL whose secret parts are placeholders already
    }
    vault.add(secret.name, secret.value);
    inputs.fingerprints[secret.name] = vault.fingerprint(secret.value);
    inputs.url_secrets[secret.name] = secret.value;
  }
  for (const Parameter& parameter : declared) {
    if (parameter.type == ParameterType::secret) {
      inputs.url_secrets.erase(parameter.name);  // a secret parameter is supplied again, never kept
    }
  }
  inputs.values = vault.conceal(checked.values);
  return inputs;
}

}  // namespace

Inputs first_inputs(const Header& header, const RunOptions& options, SecretVault& vault) {
  return conceal(check_parameters(header.parameters, given_by(options), options.root),
                 header.parameters, vault);
}

Inputs resumed_inputs(const Header& header, const RunOptions& options, const Json& recorded,
                      const Json& fingerprints, SecretVault& vault) {
  const Json values = vault.from_references(recorded);
  std::vector<Parameter> declared = header.parameters;
  std::set<std::string, std::less<>> changing;
  for (Parameter& parameter : declared) {
    if (parameter.may_change) {
      changing.insert(parameter.name);
    }
    if (parameter.type != ParameterType::secret && values.contains(parameter.name)) {
      if (!parameter.may_change) {
        parameter.env.clear();
      }
      parameter.fallback = values[parameter.name];
      parameter.required = false;
    }
  }
  Inputs inputs =
      conceal(check_parameters(declared, given_by(options), options.root), declared, vault);
  for (const auto& [name, print] : fingerprints.items()) {
    const bool may_change = changing.contains(name.substr(0, name.find('.')));
    if (!may_change && inputs.fingerprints.contains(name) && inputs.fingerprints[name] != print) {
      throw Error(
          Code::secret_changed,
          fmt::format("the secret \"{}\" has another value than when the run was started", name));
    }
  }
  for (const auto& [name, value] : values.items()) {
    if (!changing.contains(name) && inputs.values.contains(name) && inputs.values[name] != value) {
      throw Error(Code::parameters_changed,
                  fmt::format("{} was {} when the run was started, now it is {}", name,
                              value.dump(), inputs.values[name].dump()));
    }
  }
  return inputs;
}

}  // namespace runbook
