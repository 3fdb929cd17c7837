#pragma once
// What a contract wrote, read back.

#include <string_view>

#include "engine/base/json.h"
#include "modules/eth/abi_type.h"

namespace runbook {

constexpr std::size_t kMostAbiBytes = 8U << 20U;

/// The components of `tuple` as a list, in stored form; tuples inside are as named_values says.
/// Takes only data each byte of which is read exactly once, so that what it makes is never larger
/// than a multiple of the data, and with padding as compilers write it. `subject` begins what is
/// said of other data: Error(Code::abi_data_invalid).
Json abi_decode(const AbiType& tuple, std::string_view data, std::string_view subject);
/// A table by name if all components have one, no two alike; else the list itself.
Json named_values(const AbiType& tuple, Json values);

}  // namespace runbook
