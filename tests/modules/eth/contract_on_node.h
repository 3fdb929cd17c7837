#pragma once
// A contract of tests/contracts on a node, spoken to without runbook's own steps, so that a test
// asks the contract and nothing else.

#include <string>

#include "modules/eth/artifact.h"
#include "tests/modules/eth/node.h"

namespace runbook::test {

/// tests/contracts/NAME.
std::filesystem::path contract_file(const std::string& name);
/// A list whatever is in it: two texts in braces would be a table.
template <typename... Values>
Json list(const Values&... values) {
  return Json::array({Json(values)...});
}
/// "0x…" of 20 and of 32 bytes, all zeros but for the last.
std::string account_of(int number);
std::string word_of(int number);

class ContractOnNode {
 public:
  ContractOnNode(Node& node, const std::string& name);

  /// By the node's first account, which is its owner then.
  void deploy();
  /// Where it has to be for a digest that somebody else computed, with the same owner.
  void put_at(const std::string& address);

  std::string data(const std::string& function, const Json& arguments) const;
  /// By the owner; the receipt.
  Json send(const std::string& function, const Json& arguments);
  /// What it returns, a list.
  Json read(const std::string& function, const Json& arguments = Json::array());
  /// Why it does not do this; empty if it would.
  std::string refusal(const std::string& function, const Json& arguments,
                      const std::string& from = kFirstAccount);

 private:
  Json mined(Json transaction);

  Node& node_;
  std::string name_;
  Artifact artifact_;
  std::string address_;
};

}  // namespace runbook::test
