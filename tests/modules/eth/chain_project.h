#pragma once
// A project with a recipe that acts on a chain, driven session by session while blocks are mined,
// and what is found on the chain afterwards.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/base/bigint.h"
#include "tests/modules/eth/fault_proxy.h"
#include "tests/modules/eth/node.h"

namespace runbook::test {

/// An account that no other test uses: its nonces begin at 0 whatever happened to the node before.
struct Account {
  std::string key;      ///< 0x and 64 digits
  std::string address;  ///< EIP-55
};
Account new_account();
/// With 1,000 ether, by anvil's own method.
Account funded_account(Node& node);
/// The same on geth in dev mode, by its own account.
Account funded_on_geth(Node& node);
/// An address that nobody has sent to.
std::string new_address();
/// EIP-55; where the sender's transaction with this nonce creates a contract.
std::string created_address(const std::string& sender, std::uint64_t nonce);

Bigint quantity(const Json& hex);
std::uint64_t count_of(Node& node, const std::string& address, const std::string& block = "latest");
Bigint balance_of(Node& node, const std::string& address);
bool has_code(Node& node, const std::string& address);
/// What a function without arguments returns, as a number.
Bigint read_number(Node& node, const std::string& contract, const std::string& signature);
/// As many blocks of anvil; or of Hardhat.
void mine(Node& node, int blocks = 1);
/// What `sender` has sent, by nonce: all of eth_getBlockByNumber says of it.
std::map<std::uint64_t, Json> mined_from(Node& node, const std::string& sender);
/// How many transactions wait in anvil's pool, queued ones too.
std::uint64_t waiting_in_pool(Node& node);

/// One folder with r.lua, tests/contracts/artifacts as `artifacts`, and the run's state.
class ChainProject {
 public:
  /// Before `recipe` are put the lines that make `chain` and `url`; the key is in the environment.
  ChainProject(std::string url, std::string key, const std::string& recipe);
  ~ChainProject();  ///< ends what a failed test has left running
  ChainProject(const ChainProject&) = delete;
  ChainProject& operator=(const ChainProject&) = delete;

  const std::filesystem::path& path() const { return folder_.path(); }
  void write_recipe(const std::string& recipe, const std::string& name = "r.lua");
  /// The recipe is edited to say so.
  void use_url(std::string url);
  /// Further fields of eth.chain{}, as Lua: "confirmations = 3,".
  void use_fields(std::string fields);
  void use_key(std::string key) { environment_["SENDER_KEY"] = std::move(key); }

  /// `meanwhile` is called every few milliseconds until the session has ended: mine(node), where
  /// blocks do not come by themselves.
  using Meanwhile = std::function<void()>;
  Ran type(
      const std::vector<std::string>& arguments, const Meanwhile& meanwhile = [] {});
  /// A session that dies at this event (tests/crash/main.cc).
  Ran die_at(
      const std::string& point, int event, const Meanwhile& meanwhile = [] {});
  /// A session that is killed once `proxy`, behind which it has its chain, was asked so often for
  /// this method; the run's first, or one that resumes it.
  void die_at_send(
      FaultProxy& proxy, int sends, const Meanwhile& meanwhile = [] {},
      const std::string& method = "eth_sendRawTransaction");
  void die_again_at(FaultProxy& proxy, const std::string& method);
  /// What an operator types after a kill: resume, or if nothing was recorded yet, the same again.
  Ran go_on(const Meanwhile& meanwhile = [] {});
  int start(const std::vector<std::string>& arguments);
  /// What sessions begun by start() have said so far.
  std::string said() const { return folder_.read("background.out"); }

 private:
  void write() const;
  void die_when_asked(FaultProxy& proxy, const std::string& method, int times,
                      const std::vector<std::string>& arguments, const Meanwhile& meanwhile);

  const Folder folder_;
  Environment environment_;
  std::map<std::string, std::string> recipes_;  ///< by name
  std::string url_;
  std::string fields_;
  std::vector<int> started_;
};

}  // namespace runbook::test
