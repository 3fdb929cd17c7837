// What the contracts of tests/contracts that stand for OCR3 and its forwarders keep, how they
// digest it, and what they refuse.
#include "engine/base/file.h"
#include "tests/catch.h"
#include "tests/modules/eth/chain_project.h"
#include "tests/modules/eth/contract_on_node.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// As many accounts, from `first` on.
Json accounts(int count, int first = 1) {
  Json all = Json::array();
  for (int i = 0; i < count; ++i) {
    all.push_back(account_of(first + i));
  }
  return all;
}

/// EVM keys as multichain signers have them.
Json multichain(int count) {
  Json all = Json::array();
  for (int i = 1; i <= count; ++i) {
    all.push_back("0x011400" + account_of(i).substr(2));
  }
  return all;
}

Json config_of(const Json& signers, const Json& transmitters, int f) {
  return list(signers, transmitters, f, "0x", 30, "0x1234");
}

Json vectors() {
  const auto file = std::filesystem::path(SOURCE_FOLDER) / "tests/modules/eth";
  return Json::parse(read_file(file / "chainlink_vectors.json")).at("setConfig");
}

}  // namespace

TEST_CASE("The digest of a configuration on the chain is the one that others computed", "[chain]") {
  for (const Json& each : vectors()) {
    Node node = anvil({"--chain-id", each.at("chainID").dump()});
    ContractOnNode contract(
        node, each.at("multichainSigners") ? "MultichainOCR3Capability" : "OCR3Capability");
    contract.put_at(each.at("contractAddress"));
    CHECK(contract.read("latestConfigDetails") == list(0, 0, word_of(0)));
    const Json arguments =
        list(each.at("signers"), each.at("transmitters"), each.at("f"), each.at("onchainConfig"),
             each.at("offchainConfigVersion"), each.at("offchainConfig"));
    CHECK(contract.data("setConfig", arguments) == each.at("setConfigCalldata"));
    const Json receipt = contract.send("setConfig", arguments);
    CHECK(receipt.at("logs").size() == 1);
    CHECK(contract.read("latestConfigDetails") ==
          list(1, quantity(receipt.at("blockNumber")).number(), each.at("configDigest")));
    // The same again has another count, hence another digest.
    contract.send("setConfig", arguments);
    CHECK(contract.read("latestConfigDetails")[0] == 2);
    CHECK(contract.read("latestConfigDetails")[2] != each.at("configDigest"));
  }
}

TEST_CASE("The capability contract of June 2024 refuses with a reason", "[chain]") {
  Node node = anvil();
  ContractOnNode contract(node, "OCR3Capability");
  contract.deploy();
  CHECK(contract.read("typeAndVersion") == list("Keystone 0.0.0"));
  const auto refusal = [&](const Json& signers, const Json& transmitters, int f) {
    return contract.refusal("setConfig", config_of(signers, transmitters, f));
  };
  const Json others = accounts(4, 100);
  CHECK(refusal(accounts(4), others, 1).empty());
  CHECK(refusal(accounts(31), accounts(31, 100), 10).empty());
  CHECK(refusal(accounts(32), accounts(32, 100), 1) == "too many signers");
  CHECK(refusal(accounts(4), others, 0) == "f must be positive");
  CHECK(refusal(accounts(5), others, 1) == "oracle addresses out of registration");
  CHECK(refusal(accounts(4), others, 2) == "faulty-oracle f too high");
  const Json repeated = list(account_of(1), account_of(2), account_of(3), account_of(1));
  CHECK(refusal(repeated, others, 1) == "repeated signer address");
  CHECK(refusal(others, repeated, 1) == "repeated transmitter address");
  // One map holds both.
  CHECK(refusal(accounts(4), accounts(4, 3), 1) == "repeated signer address");
  CHECK(contract.refusal("setConfig", config_of(accounts(4), others, 1), kSecondAccount) ==
        "Only callable by owner");
}

TEST_CASE("The capability contract of October 2024 refuses with an error of its own", "[chain]") {
  Node node = anvil();
  ContractOnNode contract(node, "MultichainOCR3Capability");
  contract.deploy();
  CHECK(contract.read("typeAndVersion") == list("OCR3Capability 1.0.0"));
  const auto check = [&](const Json& signers, const Json& transmitters, int f,
                         const std::string& reason) {
    CHECK_THAT(contract.refusal("setConfig", config_of(signers, transmitters, f)),
               ContainsSubstring("InvalidConfig(") && ContainsSubstring(reason));
  };
  CHECK(contract.refusal("setConfig", config_of(multichain(4), accounts(4), 1)).empty());
  check(multichain(32), accounts(32), 1, "too many signers");
  check(multichain(4), accounts(4), 0, "f must be positive");
  check(multichain(4), accounts(3), 1, "oracle addresses out of registration");
  check(multichain(4), accounts(4), 2, "faulty-oracle f too high");
  check(multichain(4), accounts(4, 0), 1, "transmitter must not be empty");
  for (const char* broken : {"0x01", "0x0114", "0x011400aabb", "0x01010000ff"}) {
    Json signers = multichain(4);
    signers[2] = broken;
    check(signers, accounts(4), 1, "invalid signer pubKey encoding");
  }
}

TEST_CASE("Both forwarders take signers by the same rules, and the later one tells of them",
          "[chain]") {
  Node node = anvil();
  ContractOnNode june(node, "KeystoneForwarder");
  ContractOnNode october(node, "VersionedKeystoneForwarder");
  june.deploy();
  october.deploy();
  const auto check = [&](const Json& signers, int f, const std::string& refusal) {
    CHECK(june.refusal("setConfig", list(1, f, signers)) == refusal);
    CHECK(october.refusal("setConfig", list(1, 1, f, signers)) == refusal);
  };
  check(accounts(4), 1, "");
  check(accounts(4), 0, "FaultToleranceMustBePositive()");
  check(accounts(32), 1, "ExcessSigners(numSigners = 32, maxSigners = 31)");
  check(accounts(3), 1, "InsufficientSigners(numSigners = 3, minSigners = 4)");
  check(list(account_of(1), account_of(2), account_of(3), account_of(2)), 1,
        "DuplicateSigner(signer = " + account_of(2) + ")");
  CHECK(october.refusal("setConfig", list(1, 1, 1, accounts(4, 0))) ==
        "InvalidSigner(signer = " + account_of(0) + ")");
  for (ContractOnNode* forwarder : {&june, &october}) {
    CHECK(forwarder->read("typeAndVersion") == list("KeystoneForwarder 1.0.0"));
  }
  CHECK(june.refusal("setConfig", list(1, 1, accounts(4)), kSecondAccount) ==
        "Only callable by owner");
  CHECK(june.send("setConfig", list(1, 1, accounts(4))).at("logs").empty());
  CHECK(october.send("setConfig", list(1, 1, 1, accounts(4))).at("logs").size() == 1);
  october.send("addForwarder", list(account_of(5)));
  CHECK(october.read("isForwarder", list(account_of(5))) == list(true));
}
