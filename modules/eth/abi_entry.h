#pragma once
// What an ABI consists of: functions, events, errors and a constructor, read from signatures as
// people write them and from the JSON of compilers.

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/hash.h"
#include "engine/base/json.h"
#include "modules/eth/abi_type.h"

namespace runbook {

struct AbiEntry {
  enum class Kind { function, event, error, constructor };

  Kind kind = Kind::function;
  std::string name;  ///< "constructor" for a constructor
  AbiType inputs;    ///< a tuple
  AbiType outputs;   ///< a tuple; functions only
  bool anonymous = false;
};
using Abi = std::vector<AbiEntry>;

/// "function transfer(address to, uint256 amount) returns (bool)"; without the first word it is of
/// kind `kind`. Throws Error(Code::abi_invalid).
AbiEntry parse_signature(std::string_view text, AbiEntry::Kind kind = AbiEntry::Kind::function);
/// "uint256", "(address to, bytes data)[] calls". Throws Error(Code::abi_invalid).
AbiType parse_type(std::string_view text);
/// A list of JSON entries and signatures (of `kind` if they do not say), or an artefact that has
/// one under `abi`. Throws Error(Code::abi_invalid).
Abi read_abi(const Json& abi, AbiEntry::Kind kind = AbiEntry::Kind::function);

/// "transfer(address,uint256)".
std::string signature_text(const AbiEntry& entry);
/// keccak256 of that: an event's first topic, and its first four bytes a selector.
Digest signature_hash(const AbiEntry& entry);
std::string selector(const AbiEntry& entry);  ///< 4 bytes; empty for a constructor
std::string_view kind_text(AbiEntry::Kind kind);

/// The entry of this kind that `wanted` names, by name or by signature. A contract whose ABI has no
/// constructor has one without arguments. Throws Error(Code::abi_entry_unclear) if there is none,
/// or several of the name.
const AbiEntry& find_entry(const Abi& abi, AbiEntry::Kind kind, std::string_view wanted);

}  // namespace runbook
