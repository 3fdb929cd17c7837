#pragma once
// The folder in which hardhat-deploy remembers a network: deployments/<network>.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "modules/hardhat/code_check.h"

namespace runbook::hardhat {

struct Deployment {
  std::string name;
  Json content;  ///< address, abi, args, receipt, deployedBytecode, …

  std::string address() const;  ///< 0x…
  bool was_deployed() const;    ///< else a script only registered the address
  /// What the code at its address must be; empty if the file does not say (a proxy's is another
  /// deployment's).
  std::string code() const;
};

class DeploymentsFolder {
 public:
  explicit DeploymentsFolder(std::filesystem::path path) : path_(std::move(path)) {}

  const std::filesystem::path& path() const { return path_; }
  /// By name. Error(Code::json_invalid | hardhat_deployment_missing) for a file that is none.
  std::vector<Deployment> read() const;
  std::optional<std::string> chain_id() const;  ///< decimal
  /// Transactions that it sent and did not see mined: hash → { name, deployment, rawTx | decoded }.
  Json pending() const;
  void write_pending(const Json& pending) const;
  /// As hardhat-deploy would have once the transaction was mined.
  void write(const std::string& name, const Json& deployment, const Json& receipt,
             const std::string& chain_id) const;
  void remove() const;

 private:
  std::filesystem::path path_;
};

/// Immutables of a deployment's code: of the build-info below `artifacts` that holds this very
/// code, else guessed.
std::vector<CodeSpan> immutables_of(const Deployment& deployment,
                                    const std::filesystem::path& artifacts);

}  // namespace runbook::hardhat
