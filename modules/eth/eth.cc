// The module: its primitives are declared beside the code they call.
#include <iterator>
#include <span>

#include "engine/base/embedded.h"
#include "modules/eth/functions.h"
#include "modules/modules.h"

namespace runbook {

std::span<const EmbeddedFile> eth_files();  // generated: eth.lua

Module eth_module() {
  Module module{
      .name = "eth", .summary = "Ethereum and chains like it.", .lua = eth_files().front().text};
  for (const auto declare :
       {encode_functions, decode_functions, address_functions, signing_functions, recover_functions,
        key_functions, key_file_functions, read_functions, logs_functions, connect_functions,
        send_functions, deploy_functions, top_up_functions}) {
    std::vector<Function> declared = declare();
    std::move(declared.begin(), declared.end(), std::back_inserter(module.functions));
  }
  return module;
}

}  // namespace runbook
