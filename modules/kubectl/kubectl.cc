// The module: its primitives are declared beside the code they call.
#include <iterator>
#include <span>

#include "engine/base/embedded.h"
#include "modules/kubectl/connection.h"
#include "modules/kubectl/functions.h"
#include "modules/modules.h"

namespace runbook {

std::span<const EmbeddedFile> kubectl_files();  // generated: kubectl.lua

Module kubectl_module() {
  Module module{.name = "kubectl",
                .summary = "Objects of a Kubernetes cluster, by kubectl.",
                .lua = kubectl_files().front().text,
                .tools = {kubectl::program().program}};
  for (const auto declare :
       {kubectl::manifest_functions, kubectl::read_functions, kubectl::change_functions,
        kubectl::create_functions, kubectl::cluster_functions, kubectl::wait_functions,
        kubectl::rollout_functions}) {
    std::vector<Function> declared = declare();
    std::move(declared.begin(), declared.end(), std::back_inserter(module.functions));
  }
  for (const auto declare : {kubectl::logs_function, kubectl::exec_function, kubectl::cp_function,
                             kubectl::port_forward_function}) {
    module.functions.push_back(declare());
  }
  return module;
}

}  // namespace runbook
