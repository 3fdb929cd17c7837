#pragma once
// Keys and passwords among the options of a call.

#include "engine/lua/module.h"

namespace runbook {

/// What calls are given is recorded, and what follows from a secret is one: so these must be known
/// as secrets. REQUIRES: call.has(name). Throws Error(Code::option_invalid) in a run.
void expect_secret(Call& call, std::string_view name);

}  // namespace runbook
