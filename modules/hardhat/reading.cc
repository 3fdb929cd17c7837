// What Hardhat's plug-ins wrote down. Files only: deploy holds them against the chain.

#include <fmt/core.h>

#include "engine/base/file.h"
#include "modules/hardhat/deployed.h"
#include "modules/hardhat/functions.h"
#include "modules/hardhat/ignition.h"
#include "modules/hardhat/network.h"
#include "modules/hardhat/program.h"

namespace runbook::hardhat {

namespace {

Task<Json> deployments(Call& call) {
  const DeploymentsFolder folder(deployments_of(call));
  if (!std::filesystem::is_directory(folder.path())) {
    refuse(Code::file_not_found, fmt::format("there is no {}", folder.path().string()),
           "hardhat deploy --network NAME makes it; cwd = names the folder of hardhat.config");
  }
  Json contracts = Json::object();
  for (const Deployment& deployment : folder.read()) {
    Json result = deployment_result(deployment);
    if (call.flag("abi")) {
      result["abi"] = deployment.content.value("abi", Json());
    }
    contracts[deployment.name] = std::move(result);
  }
  Json pending = Json::array();
  const Json open = folder.pending();
  for (const auto& [hash, entry] : open.items()) {
    pending.push_back({{"hash", hash}, {"name", entry.value("name", Json())}});
  }
  const auto id = folder.chain_id();
  co_return Json{{"chain_id", id ? Json(std::stoull(*id)) : Json()},
                 {"contracts", std::move(contracts)},
                 {"pending", std::move(pending)}};
}

/// The deployment's id, or that of the only one.
std::filesystem::path ignition_folder(Call& call) {
  const std::filesystem::path all = project_of(call) / "ignition/deployments";
  if (call.has("deployment")) {
    return all / call.text("deployment");
  }
  std::vector<std::filesystem::path> found;
  if (std::filesystem::is_directory(all)) {
    for (const auto& entry : std::filesystem::directory_iterator(all)) {
      found.push_back(entry.path());
    }
  }
  if (found.size() != 1) {
    refuse(found.empty() ? Code::file_not_found : Code::option_missing,
           fmt::format("{} has {} deployments", all.string(), found.size()),
           "deployment = \"chain-1\" names one");
  }
  return found.front();
}

Task<Json> ignition(Call& call) {
  const std::filesystem::path folder = ignition_folder(call);
  const std::filesystem::path journal = folder / "journal.jsonl";
  Json state = ignition_state(read_file(journal), journal.string());
  state["deployment"] = folder.filename().string();
  const std::filesystem::path addresses = folder / "deployed_addresses.json";
  state["contracts"] = std::filesystem::exists(addresses)
                           ? parse_json(read_file(addresses), addresses.string())
                           : Json::object();
  Json open = Json::array();
  for (const auto& [id, future] : state.at("futures").items()) {
    if (future.value("state", "") == "open") {
      open.push_back(id);
    }
  }
  state["open"] = std::move(open);
  co_return state;
}

Function deployments_function() {
  Option network = kNetworkOption;
  network.required = Required::yes;
  network.help = "a folder of deployments/";
  return {.name = "deployments",
          .effect = Effect::read,
          .summary = "Reads what hardhat-deploy wrote down of a network.",
          .options = {network,
                      {.name = "abi", .type = Type::boolean, .help = "with the ABI of each"},
                      kCwdOption},
          .returns =
              "{ chain_id, contracts = { Name = { address, transaction_hash, block, args, "
              "libraries, abi } }, pending = { { hash, name } } }",
          .errors = {Code::file_not_found, Code::file_unreadable, Code::json_invalid,
                     Code::hardhat_deployment_missing},
          .example =
              "local hardhat = require \"hardhat\"\n"
              "local found = step(\"read the deployments\", function()\n"
              "  return hardhat.deployments { cwd = \"hardhat\", network = \"production\" "
              "}.contracts\n"
              "end)",
          .run = deployments};
}

Function ignition_function() {
  return {.name = "ignition",
          .effect = Effect::read,
          .summary = "Reads the journal of a Hardhat Ignition deployment.",
          .options = {{.name = "deployment",
                       .type = Type::string,
                       .help = "its id, \"chain-1\"; default: the only one there is"},
                      kCwdOption},
          .returns =
              "{ deployment, chain_id, contracts = { [\"Module#Name\"] = address }, futures "
              "= { id = { state, from, address, error, transactions = { { hash, nonce, "
              "block } } } }, open = { id } }: state is ok, failed, held or open",
          .errors = {Code::file_not_found, Code::file_unreadable, Code::json_invalid,
                     Code::option_missing},
          .example =
              "local hardhat = require \"hardhat\"\n"
              "local token = step(\"read the journal\", function()\n"
              "  local found = hardhat.ignition { cwd = \"hardhat\", deployment = "
              "\"chain-1\" }\n"
              "  return found.contracts[\"Sale#Token\"]\n"
              "end)",
          .run = ignition};
}

}  // namespace

std::vector<Function> reading_functions() {
  return {deployments_function(), ignition_function()};
}

}  // namespace runbook::hardhat
