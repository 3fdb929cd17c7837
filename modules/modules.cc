#include "modules/modules.h"

#include "engine/lua/module.h"

namespace runbook {

std::vector<Module> all_modules() {
  return {
#define RUNBOOK_MODULE(name) name##_module(),
#include "modules/modules.def"
#undef RUNBOOK_MODULE
  };
}

}  // namespace runbook
