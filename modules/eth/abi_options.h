#pragma once
// What the primitives of the ABI have in common among their options.

#include <string_view>

#include "engine/lua/module.h"
#include "modules/eth/abi_entry.h"

namespace runbook {

Option signature_option(std::string_view help, Required required = Required::no);
Option data_option(std::string_view help);
Option abi_option();

/// The function or constructor that `signature` names, from `abi` if there is one.
AbiEntry called(Call& call);
/// The tuple of `types`.
AbiType types_option(Call& call);

}  // namespace runbook
