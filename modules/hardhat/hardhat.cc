// The module: its primitives are declared beside the code they call.
#include <iterator>

#include "modules/hardhat/functions.h"
#include "modules/modules.h"

namespace runbook {

Module hardhat_module() {
  Module module{.name = "hardhat", .summary = "Contracts compiled and deployed by Hardhat 2."};
  module.functions = hardhat::task_functions();
  module.functions.push_back(hardhat::deploy_function());
  module.functions.push_back(hardhat::node_function());
  std::vector<Function> reading = hardhat::reading_functions();
  std::move(reading.begin(), reading.end(), std::back_inserter(module.functions));
  return module;
}

}  // namespace runbook
