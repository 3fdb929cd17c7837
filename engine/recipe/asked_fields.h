#pragma once
// What ask and manual ask for, declared as the parameters of a recipe are.

#include "engine/base/json.h"

namespace runbook {

/// Error(Code::option_invalid) naming the field that is wrong.
void check_asked_fields(const Json& fields);

}  // namespace runbook
