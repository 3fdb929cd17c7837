#pragma once
// All modules, from modules.def.

#include <vector>

namespace runbook {

struct Module;

#define RUNBOOK_MODULE(name) Module name##_module();
#include "modules/modules.def"
#undef RUNBOOK_MODULE

/// In the order of modules.def.
std::vector<Module> all_modules();

}  // namespace runbook
