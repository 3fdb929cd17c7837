#include "modules/hardhat/deployments.h"
#include "tests/modules/hardhat/hardhat_project.h"

using namespace runbook;
using namespace runbook::test;

TEST_CASE("The deployments of a network are read, with what is still open", "[hardhat_module]") {
  HardhatProject project;
  project.write("deployments/main/.chainId", "1\n");
  project.write("deployments/main/Token.json",
                R"({"address":"0xaa","abi":[1],"args":[],"receipt":{"blockNumber":7}})");
  project.write("deployments/main/.pendingTransactions", R"({"0x01":{"name":"Sale"}})");
  project.write("deployments/main/solcInputs/a.json", "{}");
  const Json plain = project.run("deployments", {{"network", "main"}});
  CHECK(plain.at("chain_id") == 1);
  CHECK(plain.at("contracts").size() == 1);
  CHECK(plain.at("contracts").at("Token").at("block") == 7);
  CHECK_FALSE(plain.at("contracts").at("Token").contains("abi"));
  CHECK(plain.at("pending").at(0).at("name") == "Sale");
  const Json whole = project.run("deployments", {{"network", "main"}, {"abi", true}});
  CHECK(whole.at("contracts").at("Token").at("abi") == Json::array({1}));
  CHECK(project.error_of("deployments", {{"network", "test"}}).code == Code::file_not_found);
  project.write("deployments/main/Broken.json", "{}");
  CHECK(project.error_of("deployments", {{"network", "main"}}).code ==
        Code::hardhat_deployment_missing);
}

TEST_CASE("An Ignition deployment is found by itself where there is one", "[hardhat_module]") {
  HardhatProject project;
  CHECK(project.error_of("ignition", Json::object()).code == Code::file_not_found);
  project.write("ignition/deployments/chain-31337/journal.jsonl",
                hardhat::recorded("journal.jsonl"));
  project.write("ignition/deployments/chain-31337/deployed_addresses.json",
                R"({"Mod#Plain":"0xaa"})");
  const Json found = project.run("ignition", Json::object());
  CHECK(found.at("deployment") == "chain-31337");
  CHECK(found.at("contracts").at("Mod#Plain") == "0xaa");
  CHECK(found.at("open").empty());
  project.write("ignition/deployments/chain-1/journal.jsonl",
                R"({"type":"DEPLOYMENT_EXECUTION_STATE_INITIALIZE","futureId":"M#A"})");
  CHECK(project.error_of("ignition", Json::object()).code == Code::option_missing);
  CHECK(project.run("ignition", {{"deployment", "chain-1"}}).at("open").at(0) == "M#A");
}

TEST_CASE("Immutables stand where the build-info of this very code says", "[hardhat_module]") {
  HardhatProject project;
  const Json runtime{{"object", "60017f00006002"},
                     {"immutableReferences", {{"3", {{{"start", 3}, {"length", 2}}}}}}};
  const Json build_info{
      {"output",
       {{"contracts", {{"a.sol", {{"A", {{"evm", {{"deployedBytecode", runtime}}}}}}}}}}}};
  project.write("artifacts/build-info/1.json", build_info.dump());
  const hardhat::Deployment same{"A",
                                 {{"address", "0x"}, {"deployedBytecode", "0x60017f00006002"}}};
  const auto spans = hardhat::immutables_of(same, project.path("artifacts"));
  REQUIRE(spans.size() == 1);
  CHECK(spans.front().start == 3);
  const hardhat::Deployment other{"A", {{"address", "0x"}, {"deployedBytecode", "0x6001"}}};
  CHECK(hardhat::immutables_of(other, project.path("artifacts")).empty());
  CHECK(hardhat::immutables_of(other, project.path("nowhere")).empty());
}
