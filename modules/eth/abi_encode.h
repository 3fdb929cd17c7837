#pragma once
// Values into the bytes that a contract reads.

#include <string>
#include <string_view>

#include "engine/base/json.h"
#include "modules/eth/abi_type.h"

namespace runbook {

/// `values` is a list, or a table by the names of the components; so are tuples inside. `subject`
/// begins what is said of a value that does not fit: Error(Code::abi_value_invalid).
std::string abi_encode(const AbiType& tuple, const Json& values, std::string_view subject);

}  // namespace runbook
