#include "tests/modules/eth/contract_on_node.h"

#include <fmt/core.h>

#include <stdexcept>

#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "modules/eth/abi_decode.h"
#include "modules/eth/abi_encode.h"
#include "modules/eth/abi_revert.h"
#include "modules/eth/revert.h"

namespace runbook::test {

namespace fs = std::filesystem;

namespace {

constexpr const char* kEnoughGas = "0x989680";

Artifact artifact_of(const std::string& name) {
  const fs::path file = contract_file("artifacts/" + name + ".json");
  return parse_artifact(read_file(file), file.string());
}

}  // namespace

fs::path contract_file(const std::string& name) {
  return fs::path(SOURCE_FOLDER) / "tests/contracts" / name;
}

std::string account_of(int number) {
  return fmt::format("0x{:040x}", number);
}

std::string word_of(int number) {
  return fmt::format("0x{:064x}", number);
}

ContractOnNode::ContractOnNode(Node& node, const std::string& name)
    : node_(node), name_(name), artifact_(artifact_of(name)) {}

void ContractOnNode::deploy() {
  address_ =
      mined({{"data", "0x" + to_hex(artifact_.bytecode)}}).at("contractAddress").get<std::string>();
}

void ContractOnNode::put_at(const std::string& address) {
  address_ = address;
  const Json artifact = Json::parse(read_file(contract_file("artifacts/" + name_ + ".json")));
  node_.call("anvil_setCode", list(address, artifact.at("deployedBytecode")));
  // The owner is what the contract stores first.
  node_.call("anvil_setStorageAt",
             list(address, "0x0", "0x" + std::string(24, '0') + (kFirstAccount + 2)));
}

std::string ContractOnNode::data(const std::string& function, const Json& arguments) const {
  const AbiEntry& entry = find_entry(artifact_.abi, AbiEntry::Kind::function, function);
  return "0x" + to_hex(selector(entry) + abi_encode(entry.inputs, arguments, function));
}

Json ContractOnNode::send(const std::string& function, const Json& arguments) {
  return mined({{"to", address_}, {"data", data(function, arguments)}});
}

Json ContractOnNode::read(const std::string& function, const Json& arguments) {
  const AbiEntry& entry = find_entry(artifact_.abi, AbiEntry::Kind::function, function);
  const Json call = {{"to", address_}, {"data", data(function, arguments)}};
  const Json answer = node_.call("eth_call", list(call, "latest"));
  return abi_decode(entry.outputs, from_hex(answer.get<std::string>()), function);
}

std::string ContractOnNode::refusal(const std::string& function, const Json& arguments,
                                    const std::string& from) {
  const Json call = {{"from", from}, {"to", address_}, {"data", data(function, arguments)}};
  try {
    node_.call("eth_call", list(call, "latest"));
    return {};
  } catch (const Error& error) {
    const std::optional<std::string> reverted = revert_data(error.detail);
    if (!reverted) {
      throw;
    }
    return decode_revert(artifact_.abi, *reverted).at("message").get<std::string>();
  }
}

Json ContractOnNode::mined(Json transaction) {
  transaction["from"] = kFirstAccount;
  transaction["gas"] = kEnoughGas;
  const Json hash = node_.call("eth_sendTransaction", list(transaction));
  Json receipt;
  eventually([&] {
    receipt = node_.call("eth_getTransactionReceipt", list(hash));
    return !receipt.is_null();
  });
  if (receipt.value("status", "") != "0x1") {
    throw std::runtime_error(name_ + " did not do it: " + receipt.dump());
  }
  return receipt;
}

}  // namespace runbook::test
