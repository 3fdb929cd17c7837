#pragma once
// What a node says of a call that reverted.

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "modules/eth/abi_entry.h"

namespace runbook {

/// The bytes that a call reverted with (maybe none), from a node's error answer { code, message,
/// data }; nullopt if it is another error.
std::optional<std::string> revert_data(const Json& error);
/// Error(Code::transaction_reverted): "SUBJECT reverted: not the owner"; detail { data, reason,
/// name, signature }, effect none. `abi` has the errors of the contract.
Error revert_error(std::string_view subject, const Abi& abi, std::string_view data);

}  // namespace runbook
