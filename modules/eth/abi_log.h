#pragma once
// Events, from the topics and data of a log.

#include <string>
#include <string_view>
#include <vector>

#include "modules/eth/abi_entry.h"

namespace runbook {

struct LogParts {
  std::vector<std::string> topics;  ///< 32 bytes each
  std::string data;
};

/// The event of the ABI that the log is of. `wanted`, a name or signature, narrows the choice; an
/// anonymous event is found only by it. Throws Error(Code::abi_entry_unclear).
const AbiEntry& event_of(const Abi& abi, std::string_view wanted, const LogParts& log);

/// The arguments, in stored form: a table by name if all have names, else a list. Of an indexed
/// string, bytes, array or tuple the log has but the hash: its topic as hex. Throws
/// Error(Code::abi_data_invalid).
Json decode_log(const AbiEntry& event, const LogParts& log);

}  // namespace runbook
