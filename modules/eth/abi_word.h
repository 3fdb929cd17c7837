#pragma once
// The values that take one word: whole numbers, addresses, booleans, bytes1 to bytes32, functions.
//
//   ABI                     taken                                given back
//   uintN, intN             number, digits, hex, "1 ether"       number up to 48 bits, else a
//   bigint address                 0x…, in one case or with checksum    with checksum bool true,
//   false                          the same bytesN, function        hex with 0x, of that length hex
//   with 0x

#include <string>

#include "engine/base/bigint.h"
#include "engine/base/json.h"
#include "modules/eth/abi_type.h"

namespace runbook {

using AbiWord = Bigint::Word;

/// Both throw an Error that says why; the caller says where.
AbiWord word_of(const AbiType& type, const Json& value);
/// In stored form: a bigint is {"$bigint": "digits"}.
Json value_of(const AbiType& type, const AbiWord& word);

/// The bytes of hex text, which begins with 0x. Throws Error.
std::string hex_value(const Json& value);
/// "the text “abc”", short: a value in a message.
std::string shown_value(const Json& value);

}  // namespace runbook
