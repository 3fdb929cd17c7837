#include "engine/recipe/exit_code.h"

namespace runbook {

int exit_code(const Error& error, const RunState& state) {
  if (error.code == Code::recipe_failed && error.detail.is_object()) {
    return error.detail.value("exit_code", 1);
  }
  const int code = code_info(error.code).exit;
  return code == 1 && state.steps.empty() ? 3 : code;
}

}  // namespace runbook
