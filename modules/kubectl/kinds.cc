#include "modules/kubectl/kinds.h"

#include <string>

namespace runbook::kubectl {

namespace {

/// In all their forms, a space before and behind each.
constexpr std::string_view kClusterKinds =
    " apiservice apiservices certificatesigningrequest certificatesigningrequests csr clusterrole "
    "clusterroles clusterrolebinding clusterrolebindings crd crds customresourcedefinition "
    "customresourcedefinitions csidriver csidrivers csinode csinodes ingressclass ingressclasses "
    "mutatingwebhookconfiguration mutatingwebhookconfigurations namespace namespaces ns no node "
    "nodes persistentvolume persistentvolumes pv pc priorityclass priorityclasses runtimeclass "
    "runtimeclasses sc storageclass storageclasses validatingwebhookconfiguration "
    "validatingwebhookconfigurations volumeattachment volumeattachments ";

}  // namespace

bool is_cluster_kind(std::string_view kind) {
  const std::size_t dot = kind.find('.');
  const std::string bare(kind.substr(0, dot));
  const bool is_of_kubernetes = dot == std::string_view::npos || kind.ends_with(".k8s.io");
  return is_of_kubernetes && !bare.empty() &&
         kClusterKinds.find(" " + bare + " ") != std::string_view::npos;
}

}  // namespace runbook::kubectl
