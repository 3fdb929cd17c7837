// The module: its primitives are declared beside the code they call.
#include <iterator>
#include <span>

#include "engine/base/embedded.h"
#include "modules/devspace/functions.h"
#include "modules/devspace/project.h"
#include "modules/modules.h"

namespace runbook {

std::span<const EmbeddedFile> devspace_files();  // generated: devspace.lua

Module devspace_module() {
  Module module{.name = "devspace",
                .summary = "Projects that devspace deploys to Kubernetes.",
                .lua = devspace_files().front().text,
                .tools = {devspace::program()}};
  for (const auto declare : {devspace::deploy_functions, devspace::purge_functions,
                             devspace::command_functions, devspace::reading_functions}) {
    std::vector<Function> declared = declare();
    std::move(declared.begin(), declared.end(), std::back_inserter(module.functions));
  }
  return module;
}

}  // namespace runbook
