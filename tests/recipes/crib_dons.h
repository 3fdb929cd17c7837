#pragma once
// A cluster of two DONs, five nodes each, and what its recipes are told of contracts.

#include <string>
#include <vector>

#include "tests/recipes/crib_cluster.h"

namespace runbook::test {

/// Settings of ten stand-in nodes: five that run workflows, five that watch prices, the bootstrap
/// node first in each.
std::vector<Json> two_dons();

/// As the parameter dons: the workflow DON alone, with this many nodes.
std::string workflow_don(int nodes);

/// What provision takes beside what all recipes take; `more` follows.
std::vector<std::string> to_provision(const std::vector<std::string>& more = {});

/// Of all nodes: "jobs_created", "bridges_created" …
int count_on_nodes(CribCluster& cluster, const std::string& what, std::size_t nodes = 10);

/// Names of the jobs on a node, in the order of their ids.
std::vector<std::string> job_names(CribCluster& cluster, std::size_t node);

}  // namespace runbook::test
