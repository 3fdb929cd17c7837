#pragma once
// What compilers and deployment tools leave of a contract: artefacts of Hardhat, deployments of
// hardhat-deploy, artefacts of Foundry, contracts in the output of solc, and plain bytecode or ABI
// files.

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "modules/eth/abi_entry.h"

namespace runbook {

struct Artifact {
  /// Twenty bytes of the bytecode that are a library's address.
  struct Link {
    std::size_t start = 0;
    std::string library;  ///< "contracts/Math.sol:Math"; where nothing says, the placeholder
  };

  std::string file;  ///< begins what is said of it
  Abi abi;
  bool has_abi = false;  ///< plain bytecode has none
  std::string bytecode;  ///< of the creation, zeros where links are; empty for an interface
  std::vector<Link> links;
};

// All throw Error(Code::artifact_invalid) naming the file and the field.
Artifact parse_artifact(std::string_view text, std::string_view file);
/// `artifact` is the path of a file, relative to `root`, or what such a file holds.
Artifact read_artifact(const std::filesystem::path& root, const Json& artifact);

/// The bytecode with the addresses of `libraries`, a table by "Math" or "contracts/Math.sol:Math";
/// null is none. All that are linked to are there, and no other.
std::string link_bytecode(const Artifact& artifact, const Json& libraries);
/// What creates the contract: the linked bytecode and the arguments of its constructor, a list or a
/// table by name (null is none). Throws Error(Code::abi_value_invalid) for those too.
std::string init_code(const Artifact& artifact, const Json& libraries, const Json& args);

}  // namespace runbook
