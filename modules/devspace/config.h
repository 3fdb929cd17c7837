#pragma once
// What the configuration tells about a deploy beforehand: which helm releases it makes, and whether
// its pipeline has anything to do after them.

#include <string>
#include <vector>

#include "engine/base/json.h"

namespace runbook::devspace {

struct ExpectedRelease {
  std::string deployment;  ///< of devspace.yaml
  std::string space;       ///< namespace
  std::string name;
};

/// Of each deployment with helm; `space` is where those go that name no namespace.
std::vector<ExpectedRelease> expected_releases(const Json& config, const std::string& space);

/// True if the pipeline is over once its helm releases are deployed: all deployments are such, the
/// last thing that it does is its only create_deployments, and there are no hooks. Then a cut-off
/// deploy is known to be done from its releases alone.
bool ends_with_releases(const Json& config, const std::string& pipeline);

}  // namespace runbook::devspace
