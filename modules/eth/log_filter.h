#pragma once
// Which logs are asked for, and what they say: the options of eth.logs as eth_getLogs takes them.

#include <string>

#include "engine/base/json.h"
#include "modules/eth/abi_entry.h"
#include "modules/eth/artifact_files.h"

namespace runbook {

struct LogFilter {
  Json filter;         ///< { address, topics }, without blocks
  Abi abi;             ///< of events; may be empty
  std::string wanted;  ///< name or signature of the one event, empty for all
};

/// Of `address`, `event`, `abi` and `where`. Throws Error(Code::option_invalid), or what addresses,
/// ABIs and values are refused with.
LogFilter log_filter(const Json& options, ArtifactFiles& files);

/// The log as receipts have it, and { name, signature, arguments } if it is an event of the ABI.
Json decoded_log(const LogFilter& filter, const Json& log);

}  // namespace runbook
