#include "modules/hardhat/network.h"

#include <fmt/core.h>

#include "engine/base/hash.h"
#include "modules/hardhat/program.h"

namespace runbook::hardhat {

const Option kUrlOption{.name = "url",
                        .type = Type::url,
                        .help =
                            "the node of that network, where the deployments are looked up; "
                            "default: what hardhat.config says, asked each time"};
const Option kSenderOption{.name = "sender",
                           .type = Type::string,
                           .help =
                               "the account that deploys: no other run sends from it meanwhile; "
                               "default: the network's account, if it has only one"};

namespace {

constexpr std::string_view kMark = "@network ";
// Accounts of a node are not asked for: which of them sends is not known, and the node may be down.
constexpr std::string_view kAsk = R"js(
const hre = require("hardhat");
const { network, config } = hre;
const tell = (accounts) => process.stdout.write("\n@network " + JSON.stringify({
  url: network.config.url, name: network.name, accounts,
  deployments: config.paths.deployments, artifacts: config.paths.artifacts }) + "\n");
const own = network.config.accounts;
if (own === undefined || own === "remote") tell([]);
else network.provider.request({ method: "eth_accounts" }).then(tell);
)js";

std::string lower_address(std::string text) {
  if (text.size() != 42 || text.substr(0, 2) != "0x") {
    refuse(Code::address_invalid, fmt::format("sender: \"{}\" is no address", text));
  }
  return "0x" + to_hex(from_hex(text));
}

Json told(const std::string& out) {
  const std::size_t at = out.rfind(kMark);
  if (at == std::string::npos) {
    refuse(Code::hardhat_config, "hardhat.config ended the program before it said its network");
  }
  const std::string_view line = std::string_view(out).substr(at + kMark.size());
  return parse_json(line.substr(0, line.find('\n')), "the network of hardhat.config");
}

std::filesystem::path or_default(const Json& told, const char* key, std::filesystem::path path) {
  const Json value = told.value(key, Json());
  return value.is_string() ? std::filesystem::path(value.get<std::string>()) : std::move(path);
}

Task<Json> ask_hardhat(Call& call) {
  Program node{.argv = {"node", "-e", std::string(kAsk)},
               .name = "network",
               .env = {{"HARDHAT_NETWORK", call.text("network")}},
               .is_logged = false};
  if (call.has("config")) {
    node.env.emplace_back("HARDHAT_CONFIG", call.text("config"));
  }
  const Ran ran = co_await run_program(call, std::move(node));
  co_return told(ran.out);
}

std::string sender_of(Call& call, const Json& told) {
  if (call.has("sender")) {
    return lower_address(call.text("sender"));
  }
  const Json accounts = told.value("accounts", Json::array());
  return accounts.size() == 1 ? lower_address(accounts.at(0).get<std::string>()) : std::string();
}

}  // namespace

std::filesystem::path deployments_of(Call& call) {
  return project_of(call) / "deployments" / call.text("network");
}

Task<HardhatNetwork> network_of(Call& call) {
  Json told = Json::object();
  if (!call.has("url")) {
    told = co_await ask_hardhat(call);
    if (!told.value("url", Json()).is_string()) {
      refuse(Code::hardhat_network_unknown,
             fmt::format("network {} has no url: what is deployed there ends with Hardhat",
                         call.text("network")),
             "start one with hardhat.node, and name a network that has its url");
    }
  }
  const std::filesystem::path project = project_of(call);
  co_return HardhatNetwork{
      .name = call.text("network"),
      .url = call.has("url") ? call.text("url") : told.at("url").get<std::string>(),
      .deployments =
          or_default(told, "deployments", project / "deployments") / call.text("network"),
      .artifacts = or_default(told, "artifacts", project / "artifacts"),
      .sender = sender_of(call, told)};
}

}  // namespace runbook::hardhat
