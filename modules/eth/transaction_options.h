#pragma once
// A transaction as a recipe gives it.

#include "engine/lua/module.h"
#include "modules/eth/transaction.h"

namespace runbook {

std::vector<Option> transaction_options();
/// Throws Error(Code::option_invalid), or what an address, a number or hex text is refused with.
Transaction transaction_of(Call& call);

}  // namespace runbook
