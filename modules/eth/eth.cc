// The module: its primitives are declared beside the code they call.
#include <iterator>

#include "modules/eth/functions.h"
#include "modules/modules.h"

namespace runbook {

Module eth_module() {
  Module module{.name = "eth", .summary = "Ethereum and chains like it."};
  for (const auto declare : {encode_functions, decode_functions, address_functions}) {
    std::vector<Function> declared = declare();
    std::move(declared.begin(), declared.end(), std::back_inserter(module.functions));
  }
  return module;
}

}  // namespace runbook
