#pragma once
// Typed data (EIP-712): what a wallet shows by fields, and what is signed of it.

#include "engine/base/hash.h"
#include "engine/base/json.h"

namespace runbook {

/// Of { types, primaryType, domain, message }, as eth_signTypedData_v4 takes it. EIP712Domain may
/// be absent from `types`: it follows from the domain. Throws Error(Code::abi_value_invalid), or
/// abi_invalid for a type that there is not; also for a field that no type has: it would look
/// signed.
Digest typed_data_hash(const Json& typed_data);
/// The same, also of its JSON as text. Throws Error(Code::json_invalid) too.
Digest typed_data_option_hash(const Json& option);

}  // namespace runbook
