// The module: its primitives are declared beside the code they call.
#include <iterator>
#include <span>

#include "engine/base/embedded.h"
#include "modules/chainlink/functions.h"
#include "modules/modules.h"

namespace runbook {

std::span<const EmbeddedFile> chainlink_files();  // generated: chainlink.lua

Module chainlink_module() {
  Module module{.name = "chainlink",
                .summary = "Chainlink nodes: their keys, jobs and bridges.",
                .lua = chainlink_files().front().text};
  for (const auto declare :
       {chainlink::health_functions, chainlink::key_functions, chainlink::create_key_functions,
        chainlink::job_functions, chainlink::change_job_functions, chainlink::replay_functions,
        chainlink::bridge_functions}) {
    std::vector<Function> declared = declare();
    std::move(declared.begin(), declared.end(), std::back_inserter(module.functions));
  }
  return module;
}

}  // namespace runbook
