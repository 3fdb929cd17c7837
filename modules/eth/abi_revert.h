#pragma once
// Why a call reverted: Error(string), Panic(uint256), or an error of the contract's own.

#include <string_view>

#include "modules/eth/abi_entry.h"

namespace runbook {

/// { message } and, where the bytes say which error it is, { selector }, { name, signature,
/// arguments }; in stored form. `message` says it in a sentence. Throws
/// Error(Code::abi_data_invalid) if they are not what the selector promises.
Json decode_revert(const Abi& abi, std::string_view data);

}  // namespace runbook
