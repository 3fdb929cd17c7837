#pragma once
// A function of a contract, as options name it: `signature`, `args` and `abi`, or bare `data`.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lua/module.h"
#include "modules/eth/abi_entry.h"
#include "modules/eth/artifact_files.h"

namespace runbook {

/// What is called, and with which bytes.
struct ContractCall {
  std::optional<AbiEntry> function;  ///< absent for bare data, and for none
  std::string data;                  ///< bytes
  Abi abi;                           ///< empty if none is given

  std::string subject() const;  ///< "transfer(address,uint256)", for messages
};

/// signature and args by position, abi, data.
std::vector<Option> contract_call_options();
/// The ABI of `options`: a list, an artefact, or the path of one; signatures in it are of `kind`.
Abi given_abi(const Json& options, ArtifactFiles& files,
              AbiEntry::Kind kind = AbiEntry::Kind::function);
/// Throws Error(Code::option_invalid), or what an ABI or its values are refused with.
ContractCall contract_call(const Json& options, ArtifactFiles& files);

/// What `function` returned: nothing, the one value, or all of them; in stored form. `subject`
/// begins what is said of other data: Error(Code::abi_data_invalid).
Json returned_values(const AbiEntry& function, std::string_view data, std::string_view subject);

}  // namespace runbook
