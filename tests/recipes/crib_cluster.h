#pragma once
// A CRIB cluster to provision: five stand-in nodes, a chain, and a project with the recipes and the
// files that they ask for. Recipes run as an operator runs them, session by session, and can be
// killed at any event.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/modules/chainlink/stand_in.h"
#include "tests/modules/eth/chain_project.h"

namespace runbook::test {

/// One anvil for many clusters: each cluster puts it back to where it began, with the same
/// addresses and blocks whoever was there before.
class CribChain {
 public:
  CribChain();
  Node& node() { return node_; }
  const std::string& url() const { return node_.url(); }
  /// To the moment of its start, or of the last keep().
  void reset();
  void keep();
  /// With this balance, by anvil's own method.
  void set_balance(const std::string& address, const std::string& amount);
  /// Transactions of the deploying account.
  std::uint64_t sent() { return count_of(node_, kFirstAccount); }

 private:
  Node node_;
  std::string snapshot_;
};

inline constexpr const char* kContracts = "01_deploy_contracts";
/// Transactions of its first run: two contracts, a configuration, four transmitters.
inline constexpr int kFullRun = 7;

class CribCluster {
 public:
  /// `settings` are those of each stand-in node (stand_in.h), by its position from 0.
  explicit CribCluster(CribChain& chain, const std::vector<Json>& settings = {});
  ~CribCluster();
  CribCluster(const CribCluster&) = delete;
  CribCluster& operator=(const CribCluster&) = delete;

  const std::filesystem::path& path() const { return folder_.path(); }
  const Folder& folder() const { return folder_; }
  CribChain& chain() { return chain_; }
  /// In a file of the project; `from` is there.
  void edit(const std::string& file, const std::string& from, const std::string& to) const;
  ChainlinkNode& node(std::size_t index) { return *nodes_.at(index); }
  /// No connection is taken any more; the address stays in NodeList.txt.
  void stop_node(std::size_t index);
  /// On the same port, with what it held.
  void start_node(std::size_t index);
  /// On the same port with other settings, and nothing of what it held.
  void replace_node(std::size_t index, const Json& settings);
  /// Its entry of PublicKeys.json.
  Json entry(std::size_t index) const { return settings_.at(index).at("keys"); }
  std::string transmitter(std::size_t index) const;
  /// Where a fresh chain has them: the contracts of the first two transactions.
  static std::string ocr3_address() { return created_address(kFirstAccount, 0); }
  static std::string forwarder_address() { return created_address(kFirstAccount, 1); }
  std::string artefact() const { return folder_.read("artefacts/deployed_contracts.json"); }

  /// `runbook run recipes/crib/RECIPE -p …` with the parameters that all these recipes take, and
  /// these.
  Ran run(const std::string& recipe, const std::vector<std::string>& parameters = {});
  /// The same in the background; its pid.
  int start(const std::string& recipe, const std::vector<std::string>& parameters = {});
  Ran resume(const std::vector<std::string>& more = {});
  Ran type(const std::vector<std::string>& arguments);
  /// The same run, which dies at this event; then what an operator types: resume, or if it was not
  /// recorded yet, the same again.
  Ran die_at(const std::string& recipe, const std::string& point, int event,
             const std::vector<std::string>& parameters = {});
  Ran go_on(const std::string& recipe, const std::vector<std::string>& parameters = {});
  /// The project's state and artefacts as another cluster's recipes have left them.
  void take_over(const CribCluster& other);
  void change_environment(const std::string& name, const std::string& value);

  /// How often the OCR3 contract was configured, and last in which block.
  std::uint64_t config_count() { return config_detail(0); }
  std::uint64_t config_block() { return config_detail(1); }
  /// What 01 leaves in deployed_contracts.json on a fresh chain.
  std::string expected_artefact();
  /// While no node is stopped: what all of it is, without times and blocks: contracts,
  /// configuration, balances, jobs, artefact.
  Json state();

 private:
  std::vector<std::string> command(const std::string& recipe,
                                   const std::vector<std::string>& parameters) const;
  std::vector<std::string> with_defaults(const std::string& recipe,
                                         const std::vector<std::string>& parameters) const;
  void write_node_list() const;
  std::uint64_t config_detail(std::size_t word);

  CribChain& chain_;
  const Folder folder_;
  Environment environment_;
  std::vector<Json> settings_;
  std::vector<std::unique_ptr<ChainlinkNode>> nodes_;
  std::vector<std::string> urls_;
};

}  // namespace runbook::test
