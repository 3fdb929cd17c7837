#pragma once
// Kinds of objects that are in no namespace.

#include <string_view>

namespace runbook::kubectl {

/// As a person or kubectl writes them: node, nodes, no, clusterroles.rbac.authorization.k8s.io.
/// False for those of CustomResourceDefinitions, which only the cluster knows.
bool is_cluster_kind(std::string_view kind);

}  // namespace runbook::kubectl
